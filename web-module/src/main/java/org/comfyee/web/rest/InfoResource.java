package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.cluster.config.Setting;
import org.comfyee.web.FrontEnd;

/** What this server can do and what it runs on. */
@Path("/")
@RequestScoped
public class InfoResource {
    /** The release of ComfyUI whose behaviour this server shows. */
    private static final String COMFYUI_VERSION = "0.3.64";
    private static final long MEGABYTE = 1024 * 1024;

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("object_info")
    public Response nodes() {
        var all = new LinkedHashMap<String, Object>();
        frontEnd.registry().all().forEach(node -> all.put(node.definition().name(), node.definition().toObjectInfo(frontEnd.folders())));
        return Answers.json(all);
    }

    @GET
    @Path("object_info/{name}")
    public Response node(@PathParam("name") String name) {
        return Answers.json(frontEnd.registry().find(name)
                .<Map<String, Object>>map(node -> Map.of(name, node.definition().toObjectInfo(frontEnd.folders())))
                .orElse(Map.of()));
    }

    @GET
    @Path("features")
    public Response features() {
        return Answers.json(serverFeatures());
    }

    /** What clients may count on. */
    public static Map<String, Object> serverFeatures() {
        var features = new LinkedHashMap<String, Object>();
        features.put("supports_preview_metadata", true);
        features.put("max_upload_size", Setting.MAX_UPLOAD_SIZE.number() * MEGABYTE);
        return features;
    }

    @GET
    @Path("system_stats")
    public Response systemStats() {
        var machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var workers = frontEnd.cluster().workers().list();
        var system = new LinkedHashMap<String, Object>();
        system.put("os", "posix");
        system.put("ram_total", machine.getTotalMemorySize());
        system.put("ram_free", machine.getFreeMemorySize());
        system.put("comfyui_version", COMFYUI_VERSION);
        system.put("required_frontend_version", null);
        system.put("installed_templates_version", null);
        system.put("required_templates_version", null);
        system.put("python_version", "none (Java " + Runtime.version() + ")");
        system.put("pytorch_version", workers.isEmpty() ? "" : workers.getFirst().get("libtorch"));
        system.put("embedded_python", false);
        system.put("argv", List.of("comfyee"));
        var stats = new LinkedHashMap<String, Object>();
        stats.put("system", system);
        stats.put("devices", workers.stream().map(InfoResource::device).toList());
        return Answers.json(stats);
    }

    private static Map<String, Object> device(Map<String, Object> worker) {
        var device = new LinkedHashMap<String, Object>();
        device.put("name", "cpu");
        device.put("type", "cpu");
        device.put("index", null);
        device.put("vram_total", worker.get("memory_total"));
        device.put("vram_free", worker.get("memory_free"));
        device.put("torch_vram_total", worker.get("memory_total"));
        device.put("torch_vram_free", worker.get("memory_free"));
        return device;
    }

    @GET
    @Path("models")
    public Response modelFolders() {
        return Answers.json(frontEnd.folders().modelFolders());
    }

    @GET
    @Path("models/{folder}")
    public Response models(@PathParam("folder") String folder) {
        return frontEnd.folders().modelFolders().contains(folder) ? Answers.json(frontEnd.folders().models(folder)) : Answers.empty(404);
    }

    @GET
    @Path("embeddings")
    public Response embeddings() {
        return Answers.json(frontEnd.folders().models("embeddings").stream().map(name -> name.substring(0, name.lastIndexOf('.'))).toList());
    }

    /** Translations and example workflows of custom nodes; the page brings its own texts. */
    @GET
    @Path("{kind: i18n|workflow_templates}")
    public Response nothingOfCustomNodes() {
        return Answers.json(Map.of());
    }

    @GET
    @Path("internal/folder_paths")
    public Response folderPaths() {
        var paths = new LinkedHashMap<String, Object>();
        for (var folder : frontEnd.folders().modelFolders()) {
            paths.put(folder, frontEnd.folders().modelPaths(folder).stream().map(java.nio.file.Path::toString).toList());
        }
        return Answers.json(paths);
    }

    @GET
    @Path("extensions")
    public Response extensions() {
        return Answers.json(List.of());
    }
}
