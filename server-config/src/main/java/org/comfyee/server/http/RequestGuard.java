package org.comfyee.server.http;

import java.nio.charset.StandardCharsets;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Refuses requests that come before the applications are there, and those whose first line or headers cannot be meant: what is
 * wrong in them is found behind this filter only when they are taken apart, by code of the server that answers with 200 and a
 * stack trace in the log. Filters of applications come too late for them.
 */
final class RequestGuard extends BaseFilter {
    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (!(context.getMessage() instanceof HttpContent content) || !(content.getHttpHeader() instanceof HttpRequestPacket request)) {
            return context.getInvokeAction();
        }
        if (!Opening.isOpen()) {
            refuse(context, request, HttpStatus.SERVICE_UNAVAILABLE_503);
            return context.getStopAction();
        }
        if (Method.TRACE.equals(request.getMethod())) {
            // Whoever is behind here refuses it too, but in words of its own.
            request.getResponse().setHeader(Header.Allow, "GET,HEAD");
            refuse(context, request, HttpStatus.METHOD_NOT_ALLOWED_405);
            return context.getStopAction();
        }
        if (isSound(request)) {
            return context.getInvokeAction();
        }
        refuse(context, request, HttpStatus.BAD_REQUEST_400);
        return context.getStopAction();
    }

    private static boolean isSound(HttpRequestPacket request) {
        int hosts = 0;
        for (var host : request.getHeaders().values(Header.Host)) {
            if (++hosts > 1 || !RequestRules.isHost(host)) {
                return false;
            }
        }
        return RequestRules.isPath(bytes(request.getRequestURIRef().getRequestURIBC()))
                && RequestRules.isQuery(bytes(request.getQueryStringDC()));
    }

    /** What was sent, each byte as one character. */
    private static String bytes(DataChunk sent) {
        return sent.isNull() ? "" : sent.toString(StandardCharsets.ISO_8859_1);
    }

    private static void refuse(FilterChainContext context, HttpRequestPacket request, HttpStatus status) {
        var response = request.getResponse();
        request.getProcessingState().setError(true);
        response.setStatus(status);
        RefusalHeaders.add(response);
        response.setHeader(Header.Connection, "close");
        response.setContentType("text/plain; charset=utf-8");
        var text = (status.getStatusCode() + ": " + status.getReasonPhrase()).getBytes(StandardCharsets.UTF_8);
        response.setContentLength(text.length);
        Buffer body = Buffers.wrap(context.getMemoryManager(), text);
        Connection<?> connection = context.getConnection();
        context.write(response.httpContentBuilder().content(body).last(true).build(), new EmptyCompletionHandler<WriteResult>() {
            @Override
            public void completed(WriteResult result) {
                connection.closeSilently();
            }

            @Override
            public void failed(Throwable failure) {
                connection.closeSilently();
            }
        });
    }
}
