package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.FrontEndRoot;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * What folders below {@code custom_nodes} bring along for the page: translations, example workflows, subgraphs. Their
 * Python code is not run.
 */
@Path("/")
@RequestScoped
@Tag(ref = "page")
public class CustomNodeFilesResource {
    private static final List<String> EXAMPLES = List.of("example_workflows", "example", "examples", "workflow", "workflows");
    private static final List<String> PARTS = List.of("nodeDefs", "commands", "settings");
    private static final String JSON_END = ".json";

    @EJB
    private FrontEnd frontEnd;

    private record Subgraph(String id, java.nio.file.Path file, String source, String pack) {}

    private List<java.nio.file.Path> packs() throws IOException {
        var packs = new ArrayList<java.nio.file.Path>();
        for (var directory : frontEnd.folders().modelPaths("custom_nodes")) {
            packs.addAll(children(directory).stream().filter(Files::isDirectory).toList());
        }
        return packs;
    }

    private static List<java.nio.file.Path> children(java.nio.file.Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }

    private static List<java.nio.file.Path> jsonFiles(java.nio.file.Path directory) throws IOException {
        return children(directory).stream().filter(file -> file.toString().endsWith(JSON_END) && Files.isRegularFile(file)).toList();
    }

    private static String stem(java.nio.file.Path file) {
        var name = file.getFileName().toString();
        return name.substring(0, name.length() - JSON_END.length());
    }

    @GET
    @Path("extensions")
    @Operation(summary = "Paths of the scripts that extend the page")
    public Response extensions() throws IOException {
        var root = FrontEndRoot.configured();
        return Answers.json(root.isPresent() ? root.get().extensions() : List.of());
    }

    @GET
    @Path("i18n")
    @Operation(summary = "Translations that custom nodes bring, by language")
    public Response translations() throws IOException {
        var all = new LinkedHashMap<String, Object>();
        for (var pack : packs()) {
            for (var language : children(pack.resolve("locales"))) {
                var texts = new LinkedHashMap<String, Object>(read(language.resolve("main.json")));
                for (var part : PARTS) {
                    var more = read(language.resolve(part + JSON_END));
                    if (!more.isEmpty()) {
                        merge(texts, Map.of(part, more));
                    }
                }
                merge(all, Map.of(language.getFileName().toString(), texts));
            }
        }
        return Answers.json(all);
    }

    /** A file that is missing or damaged says nothing. */
    private static Map<String, Object> read(java.nio.file.Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return Json.parseObject(Files.readString(file));
        } catch (JsonException | CharacterCodingException e) {
            return Map.of();
        }
    }

    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> from) {
        from.forEach((key, value) -> {
            var old = into.get(key);
            if (old instanceof Map<?, ?> map && value instanceof Map<?, ?> more) {
                var both = new LinkedHashMap<>((Map<String, Object>) map);
                merge(both, (Map<String, Object>) more);
                into.put(key, both);
            } else if (old instanceof List<?> list && value instanceof List<?> more) {
                var both = new ArrayList<Object>(list);
                both.addAll(more);
                into.put(key, both);
            } else {
                into.put(key, value);
            }
        });
    }

    @GET
    @Path("node_replacements")
    @Operation(summary = "Nodes that take the place of others that are no more: none")
    public Response replacements() {
        return Answers.json(Map.of());
    }

    @GET
    @Path("workflow_templates")
    @Operation(summary = "Names of the example workflows that custom nodes bring")
    public Response examples() throws IOException {
        var examples = new LinkedHashMap<String, Object>();
        for (var pack : packs()) {
            var names = new ArrayList<String>();
            for (var folder : EXAMPLES) {
                jsonFiles(pack.resolve(folder)).forEach(file -> names.add(stem(file)));
            }
            if (!names.isEmpty()) {
                examples.put(pack.getFileName().toString(), names);
            }
        }
        return Answers.json(examples);
    }

    @GET
    @Path("workflow_templates/{pack}/{file: .+}")
    @Operation(summary = "An example workflow or its picture")
    public Response example(@PathParam("pack") String name, @PathParam("file") String fileName, @Context HttpHeaders headers) throws IOException {
        for (var pack : packs()) {
            if (!pack.getFileName().toString().equals(name)) {
                continue;
            }
            for (var folder : EXAMPLES) {
                try {
                    var file = Inside.resolve(pack.resolve(folder), fileName);
                    if (Files.isRegularFile(file)) {
                        return Answers.file(file, headers).build();
                    }
                } catch (PathEscapeException e) {
                    return Answers.empty(404);
                }
            }
        }
        return Answers.empty(404);
    }

    private List<Subgraph> subgraphs() throws IOException {
        var all = new ArrayList<Subgraph>();
        for (var pack : packs()) {
            for (var file : jsonFiles(pack.resolve("subgraphs"))) {
                all.add(subgraph(file, "custom_node", "custom_nodes." + pack.getFileName()));
            }
        }
        for (var file : jsonFiles(frontEnd.folders().base().resolve("blueprints"))) {
            all.add(subgraph(file, "templates", "comfyui"));
        }
        return all;
    }

    private static Subgraph subgraph(java.nio.file.Path file, String source, String pack) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest((source + file).getBytes(StandardCharsets.UTF_8));
            return new Subgraph(HexFormat.of().formatHex(digest), file, source, pack);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without SHA-256", e);
        }
    }

    private static Map<String, Object> describe(Subgraph subgraph) {
        var description = new LinkedHashMap<String, Object>();
        description.put("source", subgraph.source());
        description.put("name", stem(subgraph.file()));
        description.put("info", Map.of("node_pack", subgraph.pack()));
        return description;
    }

    @GET
    @Path("global_subgraphs")
    @Operation(summary = "Subgraphs that custom nodes and the directory blueprints bring")
    public Response allSubgraphs() throws IOException {
        var all = new LinkedHashMap<String, Object>();
        subgraphs().forEach(subgraph -> all.put(subgraph.id(), describe(subgraph)));
        return Answers.json(all);
    }

    @GET
    @Path("global_subgraphs/{id}")
    @Operation(summary = "A subgraph with its content, or null")
    public Response subgraph(@PathParam("id") String id) throws IOException {
        Optional<Subgraph> found = subgraphs().stream().filter(subgraph -> subgraph.id().equals(id)).findFirst();
        if (found.isEmpty()) {
            return Answers.json(null);
        }
        var description = describe(found.get());
        description.put("data", Files.readString(found.get().file()));
        return Answers.json(description);
    }
}
