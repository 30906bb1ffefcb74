package org.comfyee.workflow.execution;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Expansion;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Preview;

/** What one call of one node of one prompt may use. */
final class RunContext implements NodeContext {
    private final PromptRun run;
    private final String nodeId;
    private final int call;
    private int expansions;

    /** @param call which one it is of the node's calls over a list */
    RunContext(PromptRun run, String nodeId, int call) {
        this.run = run;
        this.nodeId = nodeId;
        this.call = call;
    }

    @Override
    public Folders folders() {
        return run.host().folders();
    }

    @Override
    public String nodeId() {
        return nodeId;
    }

    @Override
    public String promptId() {
        return run.request().promptId();
    }

    @Override
    public Map<String, Object> prompt() {
        return run.told();
    }

    @Override
    public Map<String, Object> extraData() {
        return run.request().extraData();
    }

    @Override
    public Optional<Map<String, Object>> extraPngInfo() {
        return Json.object(extraData().get("extra_pnginfo"));
    }

    @Override
    public void progress(int value, int max, Optional<Preview> preview) {
        checkInterrupted();
        run.progress().advance(nodeId, value, max);
        var dynamic = run.dynamic();
        preview.ifPresent(image -> run.sink().emit(new WorkflowEvent.PreviewImage(promptId(), nodeId, dynamic.displayId(nodeId),
                dynamic.parent(nodeId), dynamic.realId(nodeId), image)));
        var data = new LinkedHashMap<String, Object>();
        data.put("value", (long) value);
        data.put("max", (long) max);
        data.put("prompt_id", promptId());
        data.put("node", nodeId);
        run.sink().emit(new WorkflowEvent.Message("progress", data, true));
    }

    @Override
    public Expansion expansion() {
        return new Expansion("%s.%d.%d.".formatted(nodeId, call, expansions++));
    }

    @Override
    public void progressText(String text) {
        run.sink().emit(new WorkflowEvent.ProgressText(nodeId, text));
    }

    @Override
    public void checkInterrupted() {
        run.interrupt().check();
    }

    @Override
    public <T> T service(Class<T> type) {
        var service = run.host().services().get(type);
        if (service == null) {
            throw new IllegalStateException("this host offers no " + type.getSimpleName());
        }
        return type.cast(service);
    }
}
