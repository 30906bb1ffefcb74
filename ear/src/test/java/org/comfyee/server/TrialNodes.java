package org.comfyee.server;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.Blocker;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Nodes that do what no built-in one does, each one thing; a jar takes them to a server. */
final class TrialNodes {
    @SuppressWarnings({"unchecked", "rawtypes"})
    static final Class<? extends Node>[] ALL = new Class[] {Number.class, Count.class, Sum.class, Choose.class, Grow.class, Block.class, Watch.class, Show.class};

    private TrialNodes() {}

    /** Gives its value, which may not be negative. */
    public static final class Number implements Node {
        private static final Input<Integer> VALUE = Input.integer("value");
        private static final NodeDefinition DEFINITION = node("TrialNumber").inputs(VALUE).outputs(DataType.INT).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            if (inputs.get(VALUE) < 0) {
                throw new IllegalStateException("the number is negative");
            }
            return Outputs.of((long) inputs.get(VALUE));
        }
    }

    /** Gives a list of numbers from 0 on. */
    public static final class Count implements Node {
        private static final Input<Integer> VALUE = Input.integer("value");
        private static final NodeDefinition DEFINITION = node("TrialCount").inputs(VALUE).outputs(Output.of(DataType.INT).asList()).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(java.util.stream.LongStream.range(0, inputs.get(VALUE)).boxed().toList());
        }
    }

    /** Takes whole lists. */
    public static final class Sum implements Node {
        private static final Input<Object> ANY = Input.of("any", DataType.ANY);
        private static final NodeDefinition DEFINITION = node("TrialSum").inputs(ANY).takesLists().outputs(DataType.INT).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(((List<?>) inputs.get(ANY)).stream().mapToLong(each -> (Long) each).sum());
        }
    }

    /** Has one of two inputs computed. */
    public static final class Choose implements Node {
        private static final Input<Integer> WHICH = Input.integer("which");
        private static final Input<Object> FIRST = Input.of("first", DataType.ANY).lazy();
        private static final Input<Object> SECOND = Input.of("second", DataType.ANY).lazy();
        private static final NodeDefinition DEFINITION = node("TrialChoose").inputs(WHICH, FIRST, SECOND).outputs(DataType.ANY).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Set<String> neededLazyInputs(Inputs inputs) {
            return Set.of(inputs.get(WHICH) == 1 ? FIRST.name() : SECOND.name());
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(inputs.get(inputs.get(WHICH) == 1 ? FIRST : SECOND));
        }
    }

    /** Expands into a node that gives a number and one that shows it. */
    public static final class Grow implements Node {
        private static final Input<Object> ANY = Input.of("any", DataType.ANY);
        private static final NodeDefinition DEFINITION = node("TrialGrow").inputs(ANY).outputs(DataType.INT).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            var expansion = context.expansion();
            var number = expansion.add("TrialNumber", Map.of("value", inputs.get(ANY)));
            expansion.add("TrialShow", Map.of("any", number.toJson()));
            return expansion.outputs(number.toJson());
        }
    }

    /** Keeps what follows from running, and says why if it has a reason. */
    public static final class Block implements Node {
        private static final Input<String> REASON = Input.string("reason");
        private static final NodeDefinition DEFINITION = node("TrialBlock").inputs(REASON).outputs(DataType.ANY).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(new Blocker(Optional.of(inputs.get(REASON)).filter(reason -> !reason.isEmpty())));
        }
    }

    /** Gives the text of an input file, and runs again when that changes. */
    public static final class Watch implements Node {
        private static final Input<String> FILE = Input.string("file");
        private static final NodeDefinition DEFINITION = node("TrialWatch").inputs(FILE).outputs(DataType.ANY).build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Set<String> validatedInputs() {
            return Set.of(FILE.name());
        }

        @Override
        public Optional<String> validate(Inputs constants, Folders folders) {
            return Files.exists(folders.directory(Directory.INPUT).resolve(constants.get(FILE))) ? Optional.empty() : Optional.of("there is no such file");
        }

        @Override
        public Object fingerprint(Inputs constants, Folders folders) throws Exception {
            return Files.readString(folders.directory(Directory.INPUT).resolve(constants.get(FILE)));
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) throws Exception {
            return Outputs.of(Files.readString(context.folders().directory(Directory.INPUT).resolve(inputs.get(FILE))));
        }
    }

    /** Shows a value. */
    public static final class Show implements Node {
        private static final Input<Object> ANY = Input.of("any", DataType.ANY);
        private static final NodeDefinition DEFINITION = node("TrialShow").inputs(ANY).outputNode().build();

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.ui(Map.of("text", List.of(String.valueOf(inputs.get(ANY)))));
        }
    }
}
