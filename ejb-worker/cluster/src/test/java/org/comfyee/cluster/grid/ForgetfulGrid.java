package org.comfyee.cluster.grid;

import java.lang.reflect.Proxy;
import java.util.UUID;
import java.util.function.Consumer;

/** A grid that can lose entries, of which nobody is told, as when both members go that have them; or tell of nothing yet. */
public final class ForgetfulGrid implements Grid {
    private final LocalGrid grid = new LocalGrid(UUID.randomUUID().toString());
    private boolean isSilent;

    public void lose(String map, String key) {
        untold(() -> grid.map(map).remove(key));
    }

    /** Does something to entries of which nobody hears. */
    public void untold(Runnable action) {
        isSilent = true;
        action.run();
        isSilent = false;
    }

    @Override
    public GridMap map(String name) {
        var map = grid.map(name);
        return (GridMap) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {GridMap.class},
                (_, method, arguments) -> method.getName().equals("watch") ? watch(map, arguments[0]) : method.invoke(map, arguments));
    }

    @SuppressWarnings("unchecked")
    private Subscription watch(GridMap map, Object listener) {
        return map.watch(change -> {
            if (!isSilent) {
                ((Consumer<GridMap.Change>) listener).accept(change);
            }
        });
    }

    @Override
    public void publish(String topic, byte[] message) {
        grid.publish(topic, message);
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        return grid.listen(topic, listener);
    }

    @Override
    public void onMerge(Runnable action) {
        grid.onMerge(action);
    }
}
