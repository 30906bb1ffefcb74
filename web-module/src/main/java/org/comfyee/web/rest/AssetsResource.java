package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.Asset;
import org.comfyee.web.files.MediaTypes;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /assets} and {@code /tags}: the files of input, output and the models, to search in. */
@Path("/")
@RequestScoped
@Tag(ref = "files")
public class AssetsResource {
    private static final int USUAL_ASSETS = 20;
    private static final int MOST_ASSETS = 500;
    private static final int USUAL_TAGS = 100;
    private static final int MOST_TAGS = 1000;
    private static final Map<String, Comparator<Asset>> ORDERS = Map.of(
            "name", Comparator.comparing(Asset::name),
            "created_at", Comparator.comparing(Asset::created),
            "updated_at", Comparator.comparing(Asset::modified),
            "size", Comparator.comparingLong(Asset::size),
            "last_access_time", Comparator.comparing(Asset::accessed));

    @EJB
    private FrontEnd frontEnd;

    /** A part of a list. */
    private record Page(int offset, int limit) {

        static Page of(String limit, int usual, int most, String offset) {
            int count = Query.whole("limit", limit).orElse(usual);
            if (count < 1 || count > most) {
                throw new BadValueException("limit", limit, "1 to " + most);
            }
            int first = Query.whole("offset", offset).orElse(0);
            if (first < 0) {
                throw new BadValueException("offset", offset, "0 or more");
            }
            return new Page(first, count);
        }

        Response answer(String name, List<Map<String, Object>> all) {
            var answer = new LinkedHashMap<String, Object>();
            answer.put(name, all.stream().skip(offset).limit(limit).toList());
            answer.put("total", all.size());
            answer.put("has_more", (long) offset + limit < all.size());
            return Answers.json(answer);
        }
    }

    @GET
    @Path("assets")
    @Operation(summary = "Files of input, output and the models: with all of some tags and none of others, of a name, ordered, limit of them from offset on")
    public Response assets(
            @QueryParam("include_tags") String include,
            @QueryParam("exclude_tags") String exclude,
            @QueryParam("name_contains") String name,
            @QueryParam("metadata_filter") String metadata,
            @QueryParam("limit") String limit,
            @QueryParam("offset") String offset,
            @QueryParam("sort") String sort,
            @QueryParam("order") String order)
            throws IOException {
        Page page;
        Comparator<Asset> comparator;
        boolean nothing;
        try {
            page = Page.of(limit, USUAL_ASSETS, MOST_ASSETS, offset);
            var by = Query.oneOf("sort", sort, "created_at", ORDERS.keySet());
            comparator = Query.oneOf("order", order, "desc", List.of("asc", "desc")).equals("asc") ? ORDERS.get(by) : ORDERS.get(by).reversed();
            // Nobody can give files metadata here, so whoever asks for some finds none.
            nothing = metadata != null && !Json.parseObject(metadata).isEmpty();
        } catch (BadValueException | JsonException e) {
            return error(400, "INVALID_QUERY", "Validation failed.", Map.of("reason", e.getMessage()));
        }
        var found = Asset.all(frontEnd.folders()).stream()
                .filter(asset -> !nothing)
                .filter(asset -> asset.tags().containsAll(list(include)) && list(exclude).stream().noneMatch(asset.tags()::contains))
                .filter(asset -> name == null || asset.name().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT)))
                .sorted(comparator)
                .map(AssetsResource::summary)
                .toList();
        return page.answer("assets", found);
    }

    private static List<String> list(String text) {
        return text == null ? List.of() : Arrays.stream(text.split(",")).map(String::strip).filter(each -> !each.isEmpty()).toList();
    }

    private static Map<String, Object> head(Asset asset) {
        var head = new LinkedHashMap<String, Object>();
        head.put("id", asset.id());
        head.put("name", asset.name());
        // Models are of gigabytes: files are not read to tell of them.
        head.put("asset_hash", null);
        head.put("size", asset.size());
        head.put("mime_type", MediaTypes.ofForeign(asset.name()));
        head.put("tags", asset.tags());
        return head;
    }

    private static Map<String, Object> summary(Asset asset) {
        var summary = head(asset);
        summary.put("preview_url", preview(asset).orElse(null));
        summary.put("created_at", asset.created().toString());
        summary.put("updated_at", asset.modified().toString());
        summary.put("last_access_time", asset.accessed().toString());
        return summary;
    }

    private static Optional<String> preview(Asset asset) {
        if (!MediaTypes.isPicture(asset.name()) || asset.tags().getFirst().equals("models")) {
            return Optional.empty();
        }
        return Optional.of("/view?type=" + asset.tags().getFirst() + "&filename=" + URLEncoder.encode(asset.name(), StandardCharsets.UTF_8)
                + "&subfolder=" + URLEncoder.encode(asset.place(), StandardCharsets.UTF_8));
    }

    @GET
    @Path("assets/{id}")
    @Operation(summary = "One of these files")
    public Response asset(@PathParam("id") String id) throws IOException {
        return Asset.all(frontEnd.folders()).stream().filter(asset -> asset.id().equals(id)).findFirst()
                .map(asset -> {
                    var detail = head(asset);
                    detail.put("user_metadata", Map.of());
                    detail.put("preview_id", null);
                    detail.put("created_at", asset.created().toString());
                    detail.put("last_access_time", asset.accessed().toString());
                    return Answers.json(detail);
                })
                .orElseGet(() -> error(404, "ASSET_NOT_FOUND", "Asset " + id + " not found", Map.of("id", id)));
    }

    @GET
    @Path("tags")
    @Operation(summary = "The tags of these files with their counts: those of a prefix, ordered, limit of them from offset on")
    public Response tags(
            @QueryParam("prefix") String prefix,
            @QueryParam("limit") String limit,
            @QueryParam("offset") String offset,
            @QueryParam("order") String order,
            @QueryParam("include_zero") String zero)
            throws IOException {
        Page page;
        boolean byName;
        try {
            page = Page.of(limit, USUAL_TAGS, MOST_TAGS, offset);
            byName = Query.oneOf("order", order, "count_desc", List.of("count_desc", "name_asc")).equals("name_asc");
        } catch (BadValueException e) {
            return error(400, "INVALID_QUERY", "Invalid query parameters", Map.of("reason", e.getMessage()));
        }
        var counts = new LinkedHashMap<String, Integer>();
        if (zero == null || Query.isTrue(zero)) {
            Asset.ROOTS.forEach(tag -> counts.put(tag, 0));
        }
        Asset.all(frontEnd.folders()).stream().flatMap(asset -> asset.tags().stream()).forEach(tag -> counts.merge(tag, 1, Integer::sum));
        var byCount = Map.Entry.<String, Integer>comparingByValue().reversed();
        var alphabetical = Map.Entry.<String, Integer>comparingByKey();
        Stream<Map.Entry<String, Integer>> chosen = counts.entrySet().stream().filter(entry -> prefix == null || entry.getKey().startsWith(prefix));
        return page.answer("tags", chosen.sorted(byName ? alphabetical : byCount.thenComparing(alphabetical)).map(AssetsResource::tag).toList());
    }

    private static Map<String, Object> tag(Map.Entry<String, Integer> entry) {
        var tag = new LinkedHashMap<String, Object>();
        tag.put("name", entry.getKey());
        tag.put("count", entry.getValue());
        tag.put("type", Asset.ROOTS.contains(entry.getKey()) ? "system" : "user");
        return tag;
    }

    private static Response error(int status, String code, String message, Map<String, Object> details) {
        var error = new LinkedHashMap<String, Object>();
        error.put("code", code);
        error.put("message", message);
        error.put("details", details);
        return Answers.json(status, Map.of("error", error));
    }
}
