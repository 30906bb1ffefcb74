package org.comfyee.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;

/**
 * Lets one application answer below {@code /} and {@code /api} alike, next to the page's files, and keeps out requests
 * that a foreign page makes a browser send.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true, dispatcherTypes = DispatcherType.REQUEST)
public class RootFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final int PAYLOAD_TOO_LARGE = 413;
    private static final long MEGABYTE = 1024 * 1024;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        var path = request.getRequestURI().substring(request.getContextPath().length());
        response.setHeader("X-Content-Type-Options", "nosniff");
        addCacheControl(path, response);
        if (Setting.ENABLE_CORS_HEADER.given().isPresent()) {
            addCorsHeaders(response);
        } else if (isForeign(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        if (request.getMethod().equals("OPTIONS")) {
            response.setStatus(HttpServletResponse.SC_OK);
            return;
        }
        if (request.getContentLengthLong() > Setting.MAX_UPLOAD_SIZE.number() * MEGABYTE) {
            response.setStatus(PAYLOAD_TOO_LARGE);
            return;
        }
        if (path.equals("/") || path.startsWith("/api/") || path.equals("/ws") || isStatic(request)) {
            chain.doFilter(request, response);
        } else {
            request.getRequestDispatcher("/api" + path).forward(request, response);
        }
    }

    private boolean isStatic(HttpServletRequest request) throws IOException {
        var path = request.getServletPath() + Optional.ofNullable(request.getPathInfo()).orElse("");
        return !path.startsWith("/WEB-INF") && getServletContext().getResource(path) != null;
    }

    private static void addCacheControl(String path, HttpServletResponse response) {
        var lower = path.toLowerCase(Locale.ROOT);
        if (lower.equals("/") || lower.endsWith(".js") || lower.endsWith(".css") || lower.endsWith(".html")) {
            response.setHeader("Cache-Control", "no-cache");
        }
    }

    private static void addCorsHeaders(HttpServletResponse response) {
        response.setHeader("Access-Control-Allow-Origin", Setting.ENABLE_CORS_HEADER.value());
        response.setHeader("Access-Control-Allow-Methods", "POST, GET, DELETE, PUT, OPTIONS");
        response.setHeader("Access-Control-Allow-Headers", "Content-Type, Authorization");
        response.setHeader("Access-Control-Allow-Credentials", "true");
    }

    /** Whether a page of another origin sent this to a server on loopback. */
    private static boolean isForeign(HttpServletRequest request) {
        var host = request.getHeader("Host");
        var origin = request.getHeader("Origin");
        if (host == null || origin == null) {
            return false;
        }
        try {
            var own = URI.create("http://" + host.toLowerCase(Locale.ROOT));
            var other = URI.create(origin.toLowerCase(Locale.ROOT));
            if (own.getHost() == null || other.getHost() == null || !isLoopback(own.getHost())) {
                return false;
            }
            boolean portsCount = own.getPort() >= 0 && other.getPort() >= 0;
            return !own.getHost().equals(other.getHost()) || portsCount && own.getPort() != other.getPort();
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static boolean isLoopback(String host) {
        try {
            for (var address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
