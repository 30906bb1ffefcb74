package org.comfyee.server.soak;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sleeps, in place of work; notes in a file when it began, and tells the time as its progress. */
public final class SleepNode implements Node {
    static final String NAME = "SoakSleep";
    /** Lines of prompt id and milliseconds since 1970, in the output directory. */
    static final String BEGUN = "soak-begun.txt";
    /** Progress values are times modulo this. */
    static final int TIME_RANGE = 1_000_000_000;

    private static final Input<Integer> MILLISECONDS = Input.integer("milliseconds").defaultTo(50).range(0, 3_600_000);
    private static final Input<Integer> TAG = Input.integer("tag").defaultTo(0).range(0, Integer.MAX_VALUE);

    private static final NodeDefinition DEFINITION = node(NAME).category("soak").inputs(MILLISECONDS, TAG).outputNode().build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        long now = System.currentTimeMillis();
        Files.writeString(context.folders().directory(Directory.OUTPUT).resolve(BEGUN), context.promptId() + " " + now + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        context.progress((int) (System.currentTimeMillis() % TIME_RANGE), TIME_RANGE, Optional.empty());
        Thread.sleep(inputs.get(MILLISECONDS));
        return Outputs.ui(Map.of("text", List.of(String.valueOf(inputs.get(TAG)))));
    }
}
