package org.comfyee.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What the server refuses before or after our filters see it, in the plain form of all refusals; {@code web.xml} sends
 * them here in place of the server's own page, which tells its name.
 */
@WebServlet(ErrorServlet.PATH)
public class ErrorServlet extends HttpServlet {
    static final String PATH = "/WEB-INF/error";

    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SecurityHeaders.add(response);
        var status = Objects.requireNonNullElse(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE), HttpServletResponse.SC_NOT_FOUND);
        var body = (status + ": " + reason((Integer) status)).getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/plain; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String reason(int status) {
        var known = jakarta.ws.rs.core.Response.Status.fromStatusCode(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }
}
