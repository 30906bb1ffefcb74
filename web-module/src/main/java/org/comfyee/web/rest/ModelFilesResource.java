package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.ModelPreview;
import org.comfyee.web.files.Picture;
import org.comfyee.web.files.SafetensorsMetadata;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.ModelFile;
import org.comfyee.workflow.files.PathEscapeException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which models there are, and what their files say of them. */
@Path("/")
@RequestScoped
@Tag(ref = "models")
public class ModelFilesResource {
    private static final Set<String> NO_MODELS = Set.of("configs", "custom_nodes");
    private static final int MOST_METADATA_BYTES = 1 << 20;
    private static final int PREVIEW_QUALITY = 80;

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("models")
    @Operation(summary = "Names of the folders of models")
    public Response modelFolders() {
        return Answers.json(frontEnd.folders().modelFolders());
    }

    @GET
    @Path("models/{folder}")
    @Operation(summary = "Names of the files in a folder of models")
    public Response models(@PathParam("folder") String folder) {
        return exists(folder) ? Answers.json(frontEnd.folders().models(folder)) : Answers.empty(404);
    }

    @GET
    @Path("embeddings")
    @Operation(summary = "Names of the textual inversions, as prompts write them")
    public Response embeddings() {
        return Answers.json(frontEnd.folders().models("embeddings").stream().map(name -> name.substring(0, name.lastIndexOf('.'))).toList());
    }

    private boolean exists(String folder) {
        return frontEnd.folders().modelFolders().contains(folder);
    }

    @GET
    @Path("experiment/models")
    @Operation(summary = "The folders of models and the directories behind them")
    public Response modelDirectories() {
        var folders = new ArrayList<Map<String, Object>>();
        for (var name : frontEnd.folders().modelFolders()) {
            if (!NO_MODELS.contains(name)) {
                var folder = new LinkedHashMap<String, Object>();
                folder.put("name", name);
                folder.put("folders", frontEnd.folders().modelPaths(name).stream().map(java.nio.file.Path::toString).toList());
                folders.add(folder);
            }
        }
        return Answers.json(folders);
    }

    @GET
    @Path("experiment/models/{folder}")
    @Operation(summary = "The files in a folder of models with their sizes and times")
    public Response modelFiles(@PathParam("folder") String folder) throws IOException {
        if (!exists(folder) || NO_MODELS.contains(folder)) {
            return Answers.empty(404);
        }
        var files = new ArrayList<Map<String, Object>>();
        for (var file : frontEnd.folders().modelFiles(folder)) {
            files.add(describe(file));
        }
        return Answers.json(files);
    }

    private static Map<String, Object> describe(ModelFile file) throws IOException {
        var description = new LinkedHashMap<String, Object>();
        description.put("name", file.name());
        description.put("pathIndex", file.pathIndex());
        description.putAll(FileTimes.of(file.path()));
        return description;
    }

    @GET
    @Path("experiment/models/preview/{folder}/{index}/{file: .+}")
    @Operation(summary = "The picture that shows what a model makes, as WebP")
    public Response modelPreview(@PathParam("folder") String folder, @PathParam("index") String index, @PathParam("file") String name) throws IOException {
        var directories = exists(folder) ? frontEnd.folders().modelPaths(folder) : List.<java.nio.file.Path>of();
        int number = Query.whole("path_index", index).orElseThrow();
        if (number < 0 || number >= directories.size()) {
            return Answers.empty(404);
        }
        Optional<Picture> picture;
        try {
            picture = ModelPreview.find(Inside.resolve(directories.get(number), name));
        } catch (PathEscapeException e) {
            return Answers.empty(404);
        }
        return picture.isPresent() ? Response.ok(picture.get().webp(PREVIEW_QUALITY), "image/webp").build() : Answers.empty(404);
    }

    @GET
    @Path("view_metadata/{folder}")
    @Operation(summary = "What the makers of a safetensors file wrote into it")
    public Response modelMetadata(@PathParam("folder") String folder, @QueryParam("filename") String name) throws IOException {
        if (name == null || !name.endsWith(".safetensors")) {
            return Answers.empty(404);
        }
        var file = frontEnd.folders().findModel(folder, name);
        var metadata = file.isPresent() ? SafetensorsMetadata.read(file.get(), MOST_METADATA_BYTES) : Optional.<Map<String, Object>>empty();
        return metadata.map(Answers::json).orElseGet(() -> Answers.empty(404));
    }
}
