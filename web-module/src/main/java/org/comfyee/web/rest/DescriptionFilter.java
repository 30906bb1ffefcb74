package org.comfyee.web.rest;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;

/**
 * Writes paths as clients call them: the expressions that JAX-RS has in its templates are no OpenAPI, and what only the page
 * uses has no {@code /api} in front. Named by {@code microprofile-config.properties}.
 */
public class DescriptionFilter implements OASFilter {

    @Override
    public void filterOpenAPI(OpenAPI description) {
        var paths = OASFactory.createPaths();
        description.getPaths().getPathItems().forEach((path, item) -> paths.addPathItem(
                path.replaceAll("\\{(\\w+):[^}]*}", "{$1}").replaceFirst("^/api/internal/", "/internal/"), item));
        description.setPaths(paths);
    }
}
