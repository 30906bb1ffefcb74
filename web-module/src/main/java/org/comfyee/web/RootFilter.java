package org.comfyee.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.comfyee.cluster.config.Setting;

/**
 * Lets one application answer below {@code /} and {@code /api} alike, next to the page's files, and keeps out requests
 * that a foreign page makes a browser send.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true, dispatcherTypes = DispatcherType.REQUEST)
public class RootFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(RootFilter.class.getName());
    private static final int PAYLOAD_TOO_LARGE = 413;
    private static final Set<String> SOCKETS = Set.of("/ws", "/api/ws");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Set<String> INDEX = Set.of("/", "/api/");
    /** Where the server itself describes the API. */
    private static final String DESCRIPTION = "/openapi";
    /** What the built-in page needs, and nothing else: no script of another origin, no frame around it. */
    private static final String OWN_PAGE_POLICY = "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; object-src 'none'; "
            + "base-uri 'self'; frame-ancestors 'self'";

    private final transient Optional<FrontEndRoot> ownPage = FrontEndRoot.configured();

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        SecurityHeaders.add(response);
        if (Setting.ENABLE_CORS_HEADER.given().isPresent()) {
            addCorsHeaders(response);
        } else if (OriginRule.isForeign(request.getHeader("Host"), request.getHeader("Origin"), request.getHeader("Sec-Fetch-Site"))) {
            answerEmpty(response, HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        if (!METHODS.contains(request.getMethod())) {
            answerNoRoute(response, request.getMethod());
            return;
        }
        if (request.getMethod().equals("OPTIONS")) {
            answerEmpty(response, HttpServletResponse.SC_OK);
            return;
        }
        if (!isAddress(request)) {
            answerEmpty(response, HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        long most = Setting.MAX_UPLOAD_SIZE.megabytes();
        if (request.getContentLengthLong() > most) {
            // Some ask first, and send nothing after this answer.
            if (request.getHeader("Expect") == null) {
                discard(request, most);
            }
            answerEmpty(response, PAYLOAD_TOO_LARGE);
            return;
        }
        var path = request.getRequestURI().substring(request.getContextPath().length());
        if (SOCKETS.contains(path)) {
            connect(request, response, chain);
            return;
        }
        var controlled = new CacheControlResponse(response, path);
        answer(path, new LimitedRequest(request, most), controlled, chain);
        if (!request.isAsyncStarted()) {
            controlled.decide(controlled.getStatus());
        }
    }

    /** Whether the websockets, which take the query along, and the resources can take the address apart. */
    private static boolean isAddress(HttpServletRequest request) {
        var query = SOCKETS.contains(request.getRequestURI()) && request.getQueryString() != null ? "?" + request.getQueryString() : "";
        try {
            new URI(request.getRequestURI() + query);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void discard(HttpServletRequest request, long most) {
        try {
            LimitedRequest.discard(request.getInputStream(), most);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a client is gone that sent too much: " + e.getMessage());
        }
    }

    private static void connect(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        if (!READING.contains(request.getMethod())) {
            answerNoRoute(response, request.getMethod());
            return;
        }
        var problem = Handshake.problem(request);
        if (problem.isPresent()) {
            answerText(response, HttpServletResponse.SC_BAD_REQUEST, "text/plain; charset=utf-8", problem.get());
            return;
        }
        chain.doFilter(request, response);
    }

    private static void answerEmpty(HttpServletResponse response, int status) {
        response.setStatus(status);
        response.setContentLength(0);
    }

    private static void answerText(HttpServletResponse response, int status, String type, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static void answerNoRoute(HttpServletResponse response, String method) throws IOException {
        answer(response, NoRoute.of(true, method, Set.of()));
    }

    private static void answer(HttpServletResponse response, NoRoute none) throws IOException {
        none.allow().ifPresent(allow -> response.setHeader("Allow", allow));
        answerText(response, none.status(), none.type(), none.text());
    }

    private void answer(String path, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        if (path.startsWith("/api/internal/")) {
            // What only the page uses has one name.
            answerNoRoute(response, request.getMethod());
            return;
        }
        boolean isIndex = INDEX.contains(path);
        if (isIndex) {
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("Pragma", "no-cache");
            response.setHeader("Expires", "0");
        }
        boolean reads = READING.contains(request.getMethod());
        if (isIndex && !reads) {
            answerNoRoute(response, request.getMethod());
            return;
        }
        var decoded = isIndex ? "/" : request.getServletPath() + Optional.ofNullable(request.getPathInfo()).orElse("");
        if (ownPage.isPresent()) {
            var file = ownPage.get().find(decoded);
            if (reads && file.isPresent()) {
                FrontEndRoot.send(file.get(), request, response);
                return;
            }
        } else if (reads && (isIndex || isBuiltIn(decoded))) {
            response.setHeader("Content-Security-Policy", OWN_PAGE_POLICY);
            if (isIndex) {
                // Told here, for HEAD would get another one than GET.
                response.setContentType("text/html; charset=utf-8");
                request.getRequestDispatcher("/index.html").forward(request, response);
            } else {
                chain.doFilter(request, response);
            }
            return;
        }
        if (path.endsWith("/") && !isIndex) {
            // JAX-RS would overlook the slash.
            answer(response, NoRoute.of(!path.startsWith("/internal/"), request.getMethod(), Set.of()));
            return;
        }
        if (path.equals(DESCRIPTION + ".json")) {
            request.getRequestDispatcher(DESCRIPTION + "?format=JSON").forward(request, response);
        } else if (path.startsWith("/api/") || path.equals(DESCRIPTION)) {
            chain.doFilter(request, response);
        } else {
            request.getRequestDispatcher("/api" + path).forward(request, response);
        }
    }

    private boolean isBuiltIn(String path) throws IOException {
        return !path.startsWith("/WEB-INF") && !path.startsWith("/META-INF") && getServletContext().getResource(path) != null;
    }

    private static void addCorsHeaders(HttpServletResponse response) {
        response.setHeader("Access-Control-Allow-Origin", Setting.ENABLE_CORS_HEADER.value());
        response.setHeader("Access-Control-Allow-Methods", "POST, GET, DELETE, PUT, OPTIONS, PATCH");
        response.setHeader("Access-Control-Allow-Headers", "Content-Type, Authorization");
        response.setHeader("Access-Control-Allow-Credentials", "true");
    }
}
