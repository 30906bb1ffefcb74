package org.comfyee.server.http;

import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;

/**
 * Puts {@link RequestGuard} into the server's chain of filters. The server looks for additions to that chain by the names of
 * those that it knows; this one, as {@code META-INF/hk2-locator/default} says, takes the place of Comet, which nothing here uses.
 */
public final class RequestGuardAddOn implements AddOn {

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder filters) {
        int codec = filters.indexOfType(HttpServerFilter.class);
        ((HttpServerFilter) filters.get(codec)).getMonitoringConfig().addProbes(new RefusalHeaders());
        filters.add(codec + 1, new RequestGuard());
    }
}
