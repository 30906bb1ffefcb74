package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.adapter.Lora;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.hook.Keyframe;
import org.comfyee.diffusion.hook.Keyframes;
import org.comfyee.diffusion.hook.WeightChange;
import org.comfyee.diffusion.hook.WeightHook;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hooks that change weights for some conditionings or for a while: with LoRAs on a small model, and with models whose only weight is
 * the noise that they see, so that denoised = x - sigma (weight + text).
 */
class HookNodesTest {
    private static final float[] SIGMAS = {14, 7, 3, 1.5f, 0.7f, 0.3f, 0};
    private static final float SIGMA = 2;

    @TempDir
    private static Path base;

    private static TextEncoder text;
    private static TextEncoder otherText;
    private static WorkflowFixture fixture;

    private TensorScope scope;
    private Tensor noise;
    private int built;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        var checkpoint = base.resolve("models/checkpoints/tiny-sd15.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
        try (var shapes = HookNodesTest.class.getResourceAsStream("/golden/tiny-lora.shapes.json")) {
            SyntheticCheckpoint.write(Files.createDirectories(base.resolve("models/loras")).resolve("tiny-lora.safetensors"), shapes);
        }
        text = CheckpointLoader.load(checkpoint).text();
        var lora = Lora.open(base.resolve("models/loras/tiny-lora.safetensors"));
        otherText = lora.applyTo(text, 1);
        fixture = new WorkflowFixture(folders);
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
        try (var random = Generator.seeded(1)) {
            noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 2, 2);
        }
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private DiffusionModel model(double weight) {
        var file = base.resolve("weight-" + weight + ".safetensors");
        try {
            SafetensorsWriter.write(file, Map.of("noise", Tensor.full(weight, ScalarType.FLOAT32, 1)), Map.of());
            var source = new NetworkSource(Weights.of(SafetensorsFile.open(file)), weights -> {
                built++;
                return input -> input.x().mul(0).add(weights.get("noise").get())
                        .add(input.get(TensorSlot.CONTEXT).narrow(1, 0, 1).narrow(2, 0, 1).unsqueeze(3));
            });
            return new DiffusionModel(source, ModelFamily.TEXT_ONLY, DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hook that adds to the weight of a model of weight 0. */
    private Hooks adding(double weight) {
        return Hooks.of(WeightHook.of(new WeightChange.OfModels(model(weight), otherText), 1, 1));
    }

    private static Conditioning hooked(Conditioning conditioning, Object... namesAndValues) {
        var all = new Object[namesAndValues.length + 2];
        all[0] = "cond_NEW";
        all[1] = conditioning;
        System.arraycopy(namesAndValues, 0, all, 2, namesAndValues.length);
        return (Conditioning) NodeCall.run("ConditioningSetProperties", withArea(all)).getFirst();
    }

    private static Object[] withArea(Object... namesAndValues) {
        var all = Arrays.copyOf(namesAndValues, namesAndValues.length + 2);
        all[namesAndValues.length] = "set_cond_area";
        all[namesAndValues.length + 1] = "default";
        return all;
    }

    private float[] sampled(DiffusionModel model, Conditioning positive, Optional<Conditioning> negative, double scale, float... sigmas) {
        var latents = Tensor.zeros(ScalarType.FLOAT32, noise.shape());
        var guider = new CfgGuider(model, positive, negative, scale);
        var request = new SamplingRequest(guider, Sampler.EULER, sigmas, latents, noise, Optional.empty(), 1);
        return LatentFormat.SD15.toModel(Sampling.sample(request, (_, _, _) -> {})).contiguous().toFloats();
    }

    /** What is guessed where the network sees a certain noise. */
    private float[] guess(double seen) {
        var values = noise.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (SIGMA * (values[i] - seen));
        }
        return values;
    }

    private static Map<String, Object> node(String type, Object... inputs) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < inputs.length; i += 2) {
            values.put((String) inputs[i], inputs[i + 1]);
        }
        return Map.of("class_type", type, "inputs", values);
    }

    private static List<Object> link(String node, long output) {
        return List.of(node, output);
    }

    /** The latents of a prompt that has a model, conditionings and more. */
    private static float[] latents(Map<String, Object> more, Object model, Object positive, Object negative) throws IOException {
        var prompt = new HashMap<>(more);
        prompt.put("1", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sd15.safetensors"));
        prompt.put("2", node("CLIPTextEncode", "text", "a cat", "clip", link("1", 1)));
        prompt.put("3", node("CLIPTextEncode", "text", "a dog", "clip", link("1", 1)));
        prompt.put("4", node("EmptyLatentImage", "width", 64L, "height", 64L, "batch_size", 1L));
        prompt.put("5", node("KSampler", "model", model, "seed", 1L, "steps", 3L, "cfg", 3.0, "sampler_name", "euler", "scheduler", "normal",
                "positive", positive, "negative", negative, "latent_image", link("4", 0), "denoise", 1.0));
        prompt.put("6", node("SaveLatent", "samples", link("5", 0), "filename_prefix", "hook"));
        var result = fixture.run(prompt);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        try (var _ = new TensorScope()) {
            return SafetensorsFile.open(fixture.savedFiles(result, "6").getLast()).tensor("latent_tensor").toFloats();
        }
    }

    @Test
    void loraHookThatAlwaysCountsIsALora() throws IOException {
        var plain = latents(Map.of(), link("1", 0), link("2", 0), link("3", 0));
        var lora = node("LoraLoaderModelOnly", "model", link("1", 0), "lora_name", "tiny-lora.safetensors", "strength_model", 0.6);
        var loaded = latents(Map.of("8", lora),
                link("8", 0), link("2", 0), link("3", 0));
        var hooked = latents(Map.of(
                "8", node("CreateHookLoraModelOnly", "lora_name", "tiny-lora.safetensors", "strength_model", 0.6),
                "9", node("PairConditioningSetProperties", "positive_NEW", link("2", 0), "negative_NEW", link("3", 0), "strength", 1.0,
                        "set_cond_area", "default", "hooks", link("8", 0))),
                link("1", 0), link("9", 0), link("9", 1));
        assertArrayEquals(loaded, hooked);
        assertFalse(Arrays.equals(plain, hooked));
    }

    @Test
    void hooksOnTheTextEncoderAreALoraOfBoth() throws IOException {
        var loaded = latents(Map.of(
                "8", node("LoraLoader", "model", link("1", 0), "clip", link("1", 1), "lora_name", "tiny-lora.safetensors",
                        "strength_model", 0.5, "strength_clip", 0.7),
                "9", node("CLIPTextEncode", "text", "a fox", "clip", link("8", 1))), link("8", 0), link("9", 0), link("9", 0));
        var hooked = latents(Map.of(
                "8", node("CreateHookLora", "lora_name", "tiny-lora.safetensors", "strength_model", 0.5, "strength_clip", 0.7),
                "10", node("SetClipHooks", "clip", link("1", 1), "hooks", link("8", 0), "apply_to_conds", true, "schedule_clip", false),
                "9", node("CLIPTextEncode", "text", "a fox", "clip", link("10", 0))), link("1", 0), link("9", 0), link("9", 0));
        assertArrayEquals(loaded, hooked);
    }

    @Test
    void checkpointAsLoraIsAMerge() throws IOException {
        var other = base.resolve("models/checkpoints/other.safetensors");
        if (!Files.exists(other)) {
            latents(Map.of("8", node("LoraLoader", "model", link("1", 0), "clip", link("1", 1), "lora_name", "tiny-lora.safetensors",
                            "strength_model", 1.0, "strength_clip", 1.0),
                    "9", node("CheckpointSave", "model", link("8", 0), "clip", link("8", 1), "vae", link("1", 2), "filename_prefix", "other")),
                    link("1", 0), link("2", 0), link("3", 0));
            Files.move(base.resolve("output/other_00001_.safetensors"), other);
        }
        var merged = latents(Map.of("7", node("CheckpointLoaderSimple", "ckpt_name", "other.safetensors"),
                "8", node("ModelMergeSimple", "model1", link("1", 0), "model2", link("7", 0), "ratio", 0.25)),
                link("8", 0), link("2", 0), link("3", 0));
        var hooked = latents(Map.of(
                "8", node("CreateHookModelAsLoraModelOnly", "ckpt_name", "other.safetensors", "strength_model", 0.75),
                "9", node("PairConditioningSetProperties", "positive_NEW", link("2", 0), "negative_NEW", link("3", 0), "strength", 1.0,
                        "set_cond_area", "default", "hooks", link("8", 0))), link("1", 0), link("9", 0), link("9", 1));
        assertArrayEquals(merged, hooked, 1e-3f);
    }

    @Test
    void keyframesSwitchAHookOffOnTheWay() {
        var keyframes = NodeCall.run("CreateHookKeyframe", "strength_mult", 0.0, "start_percent", 0.5,
                "prev_hook_kf", NodeCall.run("CreateHookKeyframe", "strength_mult", 1.0, "start_percent", 0.0).getFirst()).getFirst();
        var hooks = NodeCall.run("SetHookKeyframes", "hooks", adding(0.4), "hook_kf", keyframes).getFirst();
        var plain = model(0);
        double half = plain.sampling().percentToSigma(0.5);
        int first = 0;
        while (SIGMAS[first] > half) {
            first++;
        }
        var whole = sampled(plain, hooked(ToyModel.text(0.1), "hooks", hooks), Optional.empty(), 1, SIGMAS);
        var until = sampled(model(0.4), ToyModel.text(0.1), Optional.empty(), 1, Arrays.copyOf(SIGMAS, first + 1));
        // A step of Euler moves by what the network sees, so the second half goes on from where the first one ended.
        for (int i = 0; i < until.length; i++) {
            until[i] -= 0.1f * SIGMAS[first];
        }
        assertTrue(first > 1 && first < SIGMAS.length - 1);
        assertArrayEquals(until, whole, 1e-4f);
    }

    /** The sigma at a share of the sampling, by the definition of Stable Diffusion's schedule. */
    private static double sigmaAt(double share) {
        double t = (1 - share) * 999;
        double fraction = t - Math.floor(t);
        return Math.exp((1 - fraction) * logSigma((int) Math.floor(t)) + fraction * logSigma((int) Math.ceil(t)));
    }

    private static double logSigma(int timestep) {
        double left = 1;
        for (int i = 0; i <= timestep; i++) {
            double root = Math.sqrt(0.00085) + (Math.sqrt(0.012) - Math.sqrt(0.00085)) * i / 999;
            left *= 1 - root * root;
        }
        return Math.log((1 - left) / left) / 2;
    }

    @Test
    void eachStepHasTheStrengthOfItsKeyframe() {
        // Six steps at sigmas of 14, 7, 3, 1.5, 0.7, 0.3. The first keyframe counts before it begins; the second is over before it is
        // asked for and guarantees nothing; the third has two steps though the fourth begins after one.
        assertTrue(sigmaAt(0.1) > 7 && sigmaAt(0.3) > 3 && sigmaAt(0.32) > 3 && sigmaAt(0.32) < 7 && sigmaAt(0.5) > 1.5 && sigmaAt(0.5) < 3);
        var keyframes = Keyframes.NONE.with(new Keyframe(0.25, 0.05, 1)).with(new Keyframe(2, 0.3, 0)).with(new Keyframe(0.5, 0.32, 2))
                .with(new Keyframe(-1, 0.5, 1));
        double[] strengths = {0.25, 0.25, 0.5, 0.5, -1, -1};
        var sampled = sampled(model(0), hooked(ToyModel.text(0.1), "hooks", adding(0.4).with(keyframes)), Optional.empty(), 1, SIGMAS);
        assertArrayEquals(stepped(strengths, 0.4, 0.1), sampled, 2e-5f);
    }

    /** Euler's method over {@link #SIGMAS}: each step goes by the noise that the network sees. */
    private float[] stepped(double[] strengths, double weight, double textNumber) {
        double way = 0;
        for (int i = 0; i < strengths.length; i++) {
            way += (strengths[i] * weight + textNumber) * (SIGMAS[i + 1] - SIGMAS[i]);
        }
        var values = noise.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * SIGMAS[0] + way);
        }
        return values;
    }

    @Test
    void theSameHookHasOtherKeyframesInAnotherConditioning() {
        var hook = adding(0.4);
        var rising = NodeCall.run("CreateHookKeyframesInterpolated", "strength_start", 0.2, "strength_end", 0.8,
                "interpolation", "linear", "start_percent", 0.0, "end_percent", 0.5, "keyframes_count", 2).getFirst();
        var positive = hooked(ToyModel.text(0.1), "hooks", NodeCall.run("SetHookKeyframes", "hooks", hook, "hook_kf", rising).getFirst());
        var negative = hooked(ToyModel.text(0.3), "hooks", hook.with(Keyframes.NONE.with(Keyframe.of(1.5, 0))));
        var sampled = sampled(model(0), positive, Optional.of(negative), 3, SIGMAS);
        double[] strengths = {0.2, 0.2, 0.2, 0.8, 0.8, 0.8};
        for (int i = 0; i < strengths.length; i++) {
            // What is unwanted sees 0.6 + 0.3, and of what is wanted the difference counts three times.
            strengths[i] = 0.9 + 3 * (strengths[i] * 0.4 + 0.1 - 0.9);
        }
        assertArrayEquals(stepped(strengths, 1, 0), sampled, 2e-5f);
    }

    @Test
    void weightsAreMadeOnceForHooksOfAStrength() {
        var text = hooked(ToyModel.text(0.1), "hooks", adding(0.4));
        var plain = model(0);
        built = 0;
        sampled(plain, text, Optional.of(text), 3, SIGMAS);
        assertEquals(1, built);
        var fading = Keyframes.NONE.with(Keyframe.of(1, 0)).with(Keyframe.of(0.5, 0.5)).with(Keyframe.of(0, 0.8));
        var hooks = adding(0.4).with(fading);
        built = 0;
        sampled(plain, hooked(ToyModel.text(0.1), "hooks", hooks), Optional.of(hooked(ToyModel.text(0), "hooks", hooks)), 3, SIGMAS);
        assertEquals(2, built);
    }

    @Test
    void hooksThatChangeTheShapeOfAWeightAreRefused() throws IOException {
        var file = base.resolve("wider.safetensors");
        SafetensorsWriter.write(file, Map.of(
                "diffusion_model.place.lora_up.weight", Tensor.ones(ScalarType.FLOAT32, 3, 1),
                "diffusion_model.place.lora_down.weight", Tensor.ones(ScalarType.FLOAT32, 1, 2),
                "diffusion_model.place.reshape_weight", Tensor.of(new float[] {3, 2}, 2)), Map.of());
        var model = base.resolve("narrow.safetensors");
        SafetensorsWriter.write(model, Map.of("place.weight", Tensor.ones(ScalarType.FLOAT32, 2, 2)), Map.of());
        var source = new NetworkSource(Weights.of(SafetensorsFile.open(model)), weights -> {
            built++;
            return input -> input.x().mul(weights.get("place.weight").get().sum());
        });
        var narrow = new DiffusionModel(source, ModelFamily.TEXT_ONLY, DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);
        var hooks = Hooks.of(WeightHook.of(new WeightChange.OfLora(Lora.open(file)), 1, 1));
        var refusal = assertThrows(IllegalArgumentException.class,
                () -> sampled(narrow, hooked(ToyModel.text(0), "hooks", hooks), Optional.empty(), 1, SIGMA, 0));
        assertEquals("a hook changes the weight place.weight from the shape [2, 2] to [3, 2], which only a LoRA loader can do", refusal.getMessage());
        // The model itself is as it was.
        sampled(narrow, ToyModel.text(0), Optional.empty(), 1, SIGMA, 0);
    }

    @Test
    void conditioningsWithoutTheHookAreAskedOfThePlainModel() {
        var wanted = hooked(ToyModel.text(0.1), "hooks", adding(0.4));
        assertArrayEquals(guess(0.2 + 3 * (0.4 + 0.1 - 0.2)), sampled(model(0), wanted, Optional.of(ToyModel.text(0.2)), 3, SIGMA, 0), 1e-5f);
    }

    @Test
    void hooksCountTogetherAndEachOnce() {
        var one = adding(0.4);
        var both = NodeCall.run("CombineHooks4", "hooks_A", one, "hooks_C", adding(0.3), "hooks_D", one).getFirst();
        assertArrayEquals(guess(0.7), sampled(model(0), hooked(ToyModel.text(0), "hooks", both), Optional.empty(), 1, SIGMA, 0), 1e-5f);
        assertEquals(Hooks.NONE, NodeCall.run("CombineHooks2").getFirst());
        var again = hooked(hooked(ToyModel.text(0), "hooks", one), "hooks", one);
        assertArrayEquals(guess(0.4), sampled(model(0), again, Optional.empty(), 1, SIGMA, 0), 1e-5f);
    }

    @Test
    void defaultConditioningFillsWhatMasksLeaveOpen() {
        var left = Tensor.of(new float[] {1, 0, 1, 0}, 1, 2, 2);
        var masked = hooked(ToyModel.text(0.1), "hooks", adding(0.4), "mask", left);
        var both = (Conditioning) NodeCall.run("ConditioningSetDefaultCombine", "cond", masked, "cond_DEFAULT", ToyModel.text(0.6),
                "hooks", adding(0.3)).getFirst();
        var given = sampled(model(0), both, Optional.empty(), 1, SIGMA, 0);
        var inside = guess(0.5);
        var outside = guess(0.9);
        for (int i = 0; i < given.length; i++) {
            assertEquals(i % 2 == 0 ? inside[i] : outside[i], given[i], 1e-5f);
        }
    }

    @Test
    void defaultConditioningIsNotAskedWhereNothingIsOpen() {
        var both = (Conditioning) NodeCall.run(
                "ConditioningSetDefaultCombine", "cond", ToyModel.text(0.1), "cond_DEFAULT", ToyModel.text(9)).getFirst();
        assertArrayEquals(guess(0.1), sampled(model(0), both, Optional.empty(), 1, SIGMA, 0), 1e-5f);
    }

    @Test
    void pairsAreCombinedSideBySide() {
        var ranges = NodeCall.run("ConditioningTimestepsRange", "start_percent", 0.2, "end_percent", 0.6);
        assertEquals(List.of(new TimestepsRange(0.2, 0.6), new TimestepsRange(0, 0.2), new TimestepsRange(0.6, 1)), ranges);
        var pair = NodeCall.run("PairConditioningSetPropertiesAndCombine", withArea("positive", ToyModel.text(1), "negative", ToyModel.text(2),
                "positive_NEW", ToyModel.text(3), "negative_NEW", ToyModel.text(4), "timesteps", ranges.getFirst()));
        var negative = ((Conditioning) pair.getLast()).entries();
        assertEquals(2, negative.size());
        assertEquals(4, negative.getLast().text().select(0, 0).select(0, 0).select(0, 0).item());
        assertEquals(Optional.of(0.6), negative.getLast().find(Conditioning.END_PERCENT));
        assertEquals(Optional.empty(), negative.getFirst().find(Conditioning.END_PERCENT));
        var combined = NodeCall.run("PairConditioningCombine", "positive_A", ToyModel.text(1), "negative_A", ToyModel.text(2),
                "positive_B", ToyModel.text(3), "negative_B", ToyModel.text(4));
        assertEquals(2, ((Conditioning) combined.getFirst()).entries().size());
    }

    @Test
    void keyframesLeadFromOneStrengthToAnother() {
        var eased = (Keyframes) NodeCall.run("CreateHookKeyframesInterpolated", "strength_start", 0.0, "strength_end", 1.0,
                "interpolation", "ease_in", "start_percent", 0.2, "end_percent", 0.6, "keyframes_count", 3).getFirst();
        assertEquals(List.of(new Keyframe(0, 0.2, 1), new Keyframe(0.25, 0.4, 0), new Keyframe(1, 0.6, 0)), rounded(eased));
        var listed = (Keyframes) NodeCall.run(
                "CreateHookKeyframesFromFloats", "floats_strength", List.of(1.0, 0.5), "prev_hook_kf", eased).getFirst();
        assertEquals(List.of(0.0, 0.2, 0.4, 0.6, 1.0), rounded(listed).stream().map(Keyframe::start).toList());
        assertThrows(IllegalArgumentException.class, () -> NodeCall.run("CreateHookKeyframesFromFloats", "floats_strength", "much"));
    }

    private static List<Keyframe> rounded(Keyframes keyframes) {
        return keyframes.sorted().stream()
                .map(each -> new Keyframe(Math.round(each.strength() * 1e6) / 1e6, Math.round(each.start() * 1e6) / 1e6, each.guaranteedSteps()))
                .toList();
    }

    @Test
    void textsAreEncodedAnewForEachRangeOfKeyframes() {
        var fading = Keyframes.NONE.with(Keyframe.of(1, 0)).with(Keyframe.of(1, 0.3)).with(Keyframe.of(0, 0.5));
        var hooks = adding(0.4).with(fading);
        var clip = (TextEncoder) NodeCall.run("SetClipHooks", "clip", text, "hooks", hooks, "schedule_clip", true).getFirst();
        var entries = clip.conditioning(each -> each.encode("a cat")).entries();
        assertEquals(2, entries.size());
        assertArrayEquals(otherText.encode("a cat").cond().toFloats(), entries.getFirst().text().toFloats(), 1e-3f);
        assertArrayEquals(text.encode("a cat").cond().toFloats(), entries.getLast().text().toFloats());
        assertEquals(Optional.of(0.5), entries.getFirst().find(Conditioning.TEXT_END_PERCENT));
        assertEquals(Optional.of(0.5), entries.getLast().find(Conditioning.TEXT_START_PERCENT));
        assertEquals(Optional.of(hooks), entries.getFirst().find(Hooks.KEY));
        var apart = (TextEncoder) NodeCall.run("SetClipHooks", "clip", text, "hooks", hooks, "apply_to_conds", false).getFirst();
        var single = apart.conditioning(each -> each.encode("a cat")).entries();
        assertEquals(1, single.size());
        assertEquals(Optional.empty(), single.getFirst().find(Hooks.KEY));
        assertArrayEquals(entries.getFirst().text().toFloats(), single.getFirst().text().toFloats());
    }

    @Test
    void rangesOfTextsCountInTheirPartOfTheSampling() {
        var early = ToyModel.text(0.1).map(entry -> entry.with(Conditioning.TEXT_START_PERCENT, 0.0).with(Conditioning.TEXT_END_PERCENT, 0.5));
        var late = ToyModel.text(0.3).map(entry -> entry.with(Conditioning.TEXT_START_PERCENT, 0.5).with(Conditioning.TEXT_END_PERCENT, 1.0));
        var both = (Conditioning) NodeCall.run("ConditioningCombine", "conditioning_1", early, "conditioning_2", late).getFirst();
        assertArrayEquals(guess(0.1), sampled(model(0), both, Optional.empty(), 1, SIGMA, 0), 1e-5f);
        var small = sampled(model(0), both, Optional.empty(), 1, 0.5f, 0);
        assertEquals(0.5 * (noise.toFloats()[0] - 0.3), small[0], 1e-5);
    }
}
