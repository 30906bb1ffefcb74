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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What this server can do and what it runs on. */
@Path("/")
@RequestScoped
@Tag(ref = "server")
public class InfoResource {
    /** The release of ComfyUI whose behaviour this server shows. */
    private static final String COMFYUI_VERSION = "0.3.64";

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("object_info")
    @Operation(summary = "The definitions of all nodes")
    public Response nodes() {
        var all = new LinkedHashMap<String, Object>();
        frontEnd.registry().all().forEach(node -> all.put(node.definition().name(), node.definition().toObjectInfo(frontEnd.folders())));
        return Answers.json(all);
    }

    @GET
    @Path("object_info/{name}")
    @Operation(summary = "The definition of a node; an empty object if there is none of that name")
    public Response node(@PathParam("name") String name) {
        return Answers.json(frontEnd.registry().find(name)
                .<Map<String, Object>>map(node -> Map.of(name, node.definition().toObjectInfo(frontEnd.folders())))
                .orElse(Map.of()));
    }

    @GET
    @Path("features")
    @Operation(summary = "What clients may count on")
    public Response features() {
        return Answers.json(serverFeatures());
    }

    /** What clients may count on. */
    public static Map<String, Object> serverFeatures() {
        var features = new LinkedHashMap<String, Object>();
        features.put("supports_preview_metadata", true);
        long most = Setting.MAX_UPLOAD_SIZE.megabytes();
        // Bytes of ComfyUI's usual number are whole, of any other they are not.
        features.put("max_upload_size", Setting.MAX_UPLOAD_SIZE.isSet() ? (Object) (double) most : (Object) most);
        return features;
    }

    @GET
    @Path("system_stats")
    @Operation(summary = "Versions, memory and devices")
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
        // Clients count on a device; while no worker is there it is this machine.
        stats.put("devices", workers.isEmpty()
                ? List.of(device("cpu", machine.getTotalMemorySize(), machine.getFreeMemorySize()))
                : workers.stream().map(InfoResource::device).toList());
        return Answers.json(stats);
    }

    private static Map<String, Object> device(Map<String, Object> worker) {
        return device(String.valueOf(((List<?>) worker.get("devices")).getFirst()), worker.get("memory_total"), worker.get("memory_free"));
    }

    /** @param name such as cpu or cuda:0 */
    private static Map<String, Object> device(String name, Object total, Object free) {
        int colon = name.indexOf(':');
        var device = new LinkedHashMap<String, Object>();
        device.put("name", name);
        device.put("type", colon < 0 ? name : name.substring(0, colon));
        device.put("index", colon < 0 ? null : Integer.valueOf(name.substring(colon + 1)));
        device.put("vram_total", total);
        device.put("vram_free", free);
        device.put("torch_vram_total", total);
        device.put("torch_vram_free", free);
        return device;
    }
}
