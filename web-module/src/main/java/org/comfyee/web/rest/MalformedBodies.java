package org.comfyee.web.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;
import java.util.stream.Stream;
import org.comfyee.web.BodyTooLargeException;

/** A body that cannot be taken apart, such as a form whose parts have impossible types, is the client's mistake. */
@Provider
public class MalformedBodies implements ReaderInterceptor {

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        try {
            return context.proceed();
        } catch (WebApplicationException e) {
            throw e;
        } catch (RuntimeException e) {
            if (Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause).anyMatch(BodyTooLargeException.class::isInstance)) {
                throw e;
            }
            throw new WebApplicationException(Failures.error(400, "invalid_body", "The request body cannot be read",
                    "it is no " + context.getMediaType() + " as it should be"));
        }
    }
}
