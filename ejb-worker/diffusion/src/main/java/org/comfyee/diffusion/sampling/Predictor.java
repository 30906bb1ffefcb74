package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.comfyee.diffusion.hook.HookedModels;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;

/** Asks a model for several conditionings, and mixes what it says for the parts of each by area, mask and strength. */
final class Predictor {
    /** Texts whose lengths differ more than that are not padded to one batch. */
    private static final int MOST_REPEATS = 4;

    private final ModelRun run;
    private final Tensor latents;
    private final List<List<ConditioningPart>> lists;
    private final Controls controls;
    private final List<NetworkPatch> patches;

    private Predictor(ModelRun run, Tensor latents, List<List<ConditioningPart>> lists, Controls controls, List<NetworkPatch> patches) {
        this.run = run;
        this.latents = latents;
        this.lists = lists;
        this.controls = controls;
        this.patches = patches;
    }

    /** @param conditionings the first one says what is wanted, the others what is not */
    static Predictor prepare(ModelRun run, Tensor latents, List<Conditioning> conditionings) {
        return prepare(run, latents, conditionings, true);
    }

    private static Predictor prepare(ModelRun run, Tensor latents, List<Conditioning> conditionings, boolean firstIsWanted) {
        var lists = new ArrayList<List<ConditioningPart>>();
        for (var conditioning : conditionings) {
            boolean unwanted = !firstIsWanted || !lists.isEmpty();
            lists.add(new ArrayList<>(conditioning.entries().stream()
                    .map(entry -> ConditioningPart.prepare(run.model(), latents, inSampling(entry, run, unwanted)))
                    .toList()));
        }
        for (var list : lists) {
            for (var other : lists) {
                if (list != other) {
                    divideAs(List.copyOf(list), other);
                }
            }
        }
        for (var list : lists.subList(1, lists.size())) {
            Controls.spread(lists.getFirst(), list);
            var groundings = lists.getFirst().stream()
                    .filter(part -> part.area().isEmpty())
                    .flatMap(part -> part.grounding().stream())
                    .toList();
            Sharing.give(groundings, list, part -> part.grounding().isPresent(), ConditioningPart::withGrounding);
        }
        return new Predictor(run, latents, lists, Controls.of(run.model(), lists), run.network());
    }

    private static Conditioning.Entry inSampling(Conditioning.Entry entry, ModelRun run, boolean unwanted) {
        var told = entry.with(Conditioning.UNWANTED, unwanted).with(Conditioning.SEED, run.seed());
        return run.changing().map(mask -> told.with(Conditioning.DENOISE_MASK, mask)).orElse(told);
    }

    /** Gives a list a part for each area of another list, so that both are asked for the same rectangles. */
    private static void divideAs(List<ConditioningPart> areas, List<ConditioningPart> list) {
        for (var part : areas) {
            if (part.area().isPresent()) {
                smallestAround(part, list)
                        .filter(around -> !around.area().equals(part.area()))
                        .ifPresent(around -> list.add(part.toldAs(around)));
            }
        }
    }

    private static Optional<ConditioningPart> smallestAround(ConditioningPart part, List<ConditioningPart> list) {
        Optional<ConditioningPart> smallest = Optional.empty();
        for (var candidate : list) {
            if (candidate.area().isEmpty()) {
                smallest = smallest.or(() -> Optional.of(candidate));
            } else if (candidate.area().get().contains(part.area().orElseThrow())) {
                boolean smaller = smallest.flatMap(ConditioningPart::area).map(candidate.area().get()::isSmallerThan).orElse(true);
                smallest = smaller ? Optional.of(candidate) : smallest;
            }
        }
        return smallest;
    }

    /** Of the first conditionings only. */
    Predictor first(int count) {
        return new Predictor(run, latents, lists.subList(0, count), controls, patches);
    }

    /** With nothing for those conditionings that are not asked for. */
    Predictor asking(boolean... each) {
        var some = IntStream.range(0, lists.size()).mapToObj(i -> each[i] ? lists.get(i) : List.<ConditioningPart>of()).toList();
        return new Predictor(run, latents, some, controls, patches);
    }

    /** As {@link #predict} of two conditionings, the second one with further patches. */
    List<Tensor> predictApart(Tensor x, float sigma, List<NetworkPatch> further) {
        return List.of(only(0).predict(x, sigma).getFirst(), only(1, further.toArray(NetworkPatch[]::new)).predict(x, sigma).getFirst());
    }

    /** Further questions for two of the conditionings. */
    GuidanceStep.Questions questions(float sigma, int wanted, int unwanted) {
        return new GuidanceStep.Questions() {
            @Override
            public Tensor wanted(Tensor x, NetworkPatch... further) {
                return only(wanted, further).predict(x, sigma).getFirst();
            }

            @Override
            public Tensor unwanted(Tensor x, NetworkPatch... further) {
                return only(unwanted, further).predict(x, sigma).getFirst();
            }

            @Override
            public Tensor other(Conditioning conditioning, Tensor x) {
                return prepare(run, latents, List.of(conditioning), false).predict(x, sigma).getFirst();
            }
        };
    }

    private Predictor only(int conditioning, NetworkPatch... further) {
        var all = further.length == 0 ? patches : Stream.concat(patches.stream(), Stream.of(further)).toList();
        return new Predictor(run, latents, List.of(lists.get(conditioning)), controls, all);
    }

    /** What stands for a prediction that was not asked for. */
    static Tensor nothing(Tensor x) {
        return Tensor.zeros(x.device(), x.dtype(), x.shape());
    }

    /**
     * @param weight how much the answer counts, if not as much as the part says
     * @param active the hooks that count for it
     */
    private record Question(int list, ConditioningPart part, Optional<Tensor> weight, HookedModels.Active active) {}

    private Question question(int list, ConditioningPart part, Optional<Tensor> weight, float sigma) {
        return new Question(list, part, weight, run.hooked().active(part.hooks(), sigma));
    }

    /** @return for each conditioning the guess of the noise-free latents; zeros where none of its parts counts */
    List<Tensor> predict(Tensor x, float sigma) {
        var mixes = new ArrayList<Mix>();
        var open = new ArrayList<Question>();
        for (int i = 0; i < lists.size(); i++) {
            mixes.add(new Mix(x));
            var counting = lists.get(i).stream().filter(part -> part.countsAt(sigma)).toList();
            for (var part : counting) {
                if (!part.fills()) {
                    open.add(question(i, part, Optional.empty(), sigma));
                }
            }
            open.addAll(filling(i, counting, x, sigma));
        }
        while (!open.isEmpty()) {
            var together = together(x, open);
            open.removeAll(together);
            // The last ones come first, as in ComfyUI: sums of floats depend on the order.
            var reversed = together.reversed();
            var answers = ask(x, sigma, reversed);
            for (int i = 0; i < answers.size(); i++) {
                var question = reversed.get(i);
                add(mixes.get(question.list()), question, answers.get(i));
            }
        }
        return mixes.stream().map(Mix::result).toList();
    }

    private static void add(Mix mix, Question question, Tensor answer) {
        question.weight().ifPresentOrElse(weight -> mix.add(question.part(), weight, answer), () -> mix.add(question.part(), answer));
    }

    /** Questions for those parts that count where the others leave something open. */
    private List<Question> filling(int list, List<ConditioningPart> counting, Tensor x, float sigma) {
        var filling = counting.stream().filter(ConditioningPart::fills).toList();
        if (filling.isEmpty()) {
            return List.of();
        }
        var left = nothing(x).add(1);
        for (var part : counting) {
            if (!part.fills()) {
                ConditioningPart.crop(left, part.cells(x)).addInPlace(part.weight(x).neg());
            }
        }
        var weight = left.relu();
        return weight.max().item() == 0
                ? List.of()
                : filling.stream().map(part -> question(list, part, Optional.of(ConditioningPart.crop(weight, part.cells(x))), sigma)).toList();
    }

    /** The first question and those that fit into one batch with it. */
    private List<Question> together(Tensor x, List<Question> open) {
        var first = open.getFirst().part();
        var chosen = new ArrayList<Question>();
        long tokens = 1;
        long fewest = Long.MAX_VALUE;
        for (var question : open) {
            var part = question.part();
            long length = tokens(part);
            long common = leastCommonMultiple(tokens, length);
            boolean lengthsFit = common / Math.min(fewest, length) <= MOST_REPEATS;
            boolean sameWeights = question.active().equals(open.getFirst().active());
            if (chosen.isEmpty() || lengthsFit && sameWeights && sameShapes(x, first, part)) {
                chosen.add(question);
                tokens = common;
                fewest = Math.min(fewest, length);
            }
        }
        return chosen;
    }

    private static long tokens(ConditioningPart part) {
        return part.tensors().get(TensorSlot.CONTEXT).size(1);
    }

    private boolean sameShapes(Tensor x, ConditioningPart one, ConditioningPart other) {
        var cells = one.cells(x);
        var otherCells = other.cells(x);
        return cells.height() == otherCells.height() && cells.width() == otherCells.width()
                && sameControl(one, other)
                && one.tensors().keySet().equals(other.tensors().keySet())
                && one.tensors().entrySet().stream().allMatch(each -> fits(each.getKey(), each.getValue(), other.tensors().get(each.getKey())));
    }

    private static boolean sameControl(ConditioningPart one, ConditioningPart other) {
        return one.control().isPresent() == other.control().isPresent()
                && one.grounding().isEmpty() && other.grounding().isEmpty()
                && one.control().map(control -> control == other.control().orElseThrow()).orElse(true);
    }

    private boolean fits(TensorSlot slot, Tensor one, Tensor other) {
        boolean repeats = slot.isText() && (slot != TensorSlot.CONTEXT || run.model().family().repeatsTexts());
        return repeats
                ? one.size(2) == other.size(2)
                : Arrays.equals(one.shape(), 1, one.dim(), other.shape(), 1, other.dim());
    }

    /** One prediction for each question, by one pass of the network. */
    private List<Tensor> ask(Tensor x, float sigma, List<Question> questions) {
        var parts = questions.stream().map(Question::part).toList();
        var inputs = parts.stream().map(part -> ConditioningPart.crop(x, part.cells(x))).toList();
        var together = Tensor.cat(inputs, 0);
        var pass = pass(parts, together, sigma, questions.stream().map(Question::list).toList());
        var tensors = joined(parts, x);
        var control = parts.getFirst().control().flatMap(each -> controls.residuals(each, together, sigma, tensors, parts.size()));
        var model = run.hooked().model(parts.getFirst().hooks(), questions.getFirst().active(), sigma);
        return model.denoise(together, sigma, tensors, control, pass).chunk(parts.size(), 0);
    }

    /** @param parts only one if it has patches of its own */
    private Pass pass(List<ConditioningPart> parts, Tensor x, float sigma, List<Integer> conditionings) {
        var own = parts.getFirst().grounding().map(each -> each.model().patch(each.things(), x.size(2), x.size(3), run.model().source().placement()));
        var all = Stream.concat(patches.stream(), own.stream()).toList();
        // Further patches mean a question beside the usual ones.
        var questions = patches == run.network() ? parts : List.of();
        return all.isEmpty() ? Pass.PLAIN : new Pass(all, sigma, conditionings, questions, x.size(2), x.size(3));
    }

    private static Map<TensorSlot, Tensor> joined(List<ConditioningPart> parts, Tensor x) {
        var joined = new EnumMap<TensorSlot, Tensor>(TensorSlot.class);
        for (var slot : parts.getFirst().tensors().keySet()) {
            var tensors = parts.stream().map(part -> part.told(slot, x)).toList();
            long tokens = slot.isText() ? tensors.stream().mapToLong(each -> each.size(1)).reduce(1, Predictor::leastCommonMultiple) : 1;
            joined.put(slot, Tensor.cat(tensors.stream().map(each -> forBatch(slot, each, x.size(0), tokens)).toList(), 0));
        }
        return joined;
    }

    private static Tensor forBatch(TensorSlot slot, Tensor tensor, long batch, long tokens) {
        var repeats = new long[tensor.dim()];
        Arrays.fill(repeats, 1);
        repeats[0] = (batch + tensor.size(0) - 1) / tensor.size(0);
        if (slot.isText()) {
            repeats[1] = tokens / tensor.size(1);
        }
        return tensor.repeat(repeats).narrow(0, 0, batch);
    }

    private static long leastCommonMultiple(long a, long b) {
        long x = a;
        long y = b;
        while (y != 0) {
            long rest = x % y;
            x = y;
            y = rest;
        }
        return a / x * b;
    }
}
