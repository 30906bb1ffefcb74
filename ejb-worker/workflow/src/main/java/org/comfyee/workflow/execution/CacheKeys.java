package org.comfyee.workflow.execution;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.graph.Link;
import org.comfyee.workflow.graph.PromptNode;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeRegistry;

/** Computes {@link CacheKey}s; asks each node once per prompt whether it changed. */
final class CacheKeys {
    private static final System.Logger LOG = System.getLogger(CacheKeys.class.getName());

    private static final String IS_CHANGED = "is_changed";
    /** What nodes tell that do not change but with their inputs. */
    private static final Object NEVER = false;

    private record Ancestor(int index, int slot) {}

    private final DynamicPrompt prompt;
    private final NodeRegistry registry;
    private final Folders folders;
    /** What nodes told of whether they changed, in the form that it has in prompts: a list; NaN if they could not tell. */
    private final Map<String, Object> fingerprints = new HashMap<>();
    private final Map<String, CacheKey> known = new HashMap<>();

    CacheKeys(DynamicPrompt prompt, NodeRegistry registry, Folders folders) {
        this.prompt = prompt;
        this.registry = registry;
        this.folders = folders;
    }

    CacheKey of(String id) {
        return known.computeIfAbsent(id, this::compute);
    }

    private CacheKey compute(String id) {
        var ancestors = new LinkedHashMap<String, Integer>();
        collectAncestors(id, ancestors);
        var signature = new ArrayList<>();
        signature.add(immediate(id, ancestors));
        ancestors.keySet().forEach(each -> signature.add(immediate(each, ancestors)));
        return new CacheKey(prompt.scope(id), signature);
    }

    /** Each once, in the order in which a descent finds them; not by recursion, since chains of nodes may be long. */
    private void collectAncestors(String id, Map<String, Integer> ancestors) {
        var descent = new ArrayDeque<Iterator<Link>>();
        descent.push(links(id));
        while (!descent.isEmpty()) {
            var links = descent.peek();
            if (!links.hasNext()) {
                descent.pop();
                continue;
            }
            var ancestor = links.next().node();
            if (ancestors.putIfAbsent(ancestor, ancestors.size()) == null) {
                descent.push(links(ancestor));
            }
        }
    }

    /** By the names of the inputs. */
    private Iterator<Link> links(String id) {
        return prompt.has(id) ? new TreeMap<>(prompt.node(id).links()).values().iterator() : Collections.emptyIterator();
    }

    private Object immediate(String id, Map<String, Integer> ancestors) {
        if (!prompt.has(id)) {
            return new Object();
        }
        var promptNode = prompt.node(id);
        var node = registry.find(promptNode.classType());
        if (node.isEmpty()) {
            return new Object();
        }
        var parts = new ArrayList<>();
        parts.add(promptNode.classType());
        parts.add(comparable(fingerprints.computeIfAbsent(id, _ -> fingerprint(node.get(), promptNode))));
        if (!node.get().definition().isIdempotent()) {
            parts.add(id);
        }
        new TreeMap<>(promptNode.inputs()).forEach((name, value) -> {
            parts.add(name);
            parts.add(Link.of(value).<Object>map(link -> new Ancestor(ancestors.getOrDefault(link.node(), -1), link.slot()))
                    .orElseGet(() -> comparable(value)));
        });
        return parts;
    }

    /** A prompt whose nodes carry what they told. */
    Map<String, Object> withFingerprints(Map<String, Object> original) {
        var told = new LinkedHashMap<>(original);
        fingerprints.forEach((id, fingerprint) -> Json.object(original.get(id)).filter(_ -> !fingerprint.equals(NEVER)).ifPresent(node -> {
            var changed = new LinkedHashMap<>(node);
            changed.putIfAbsent(IS_CHANGED, fingerprint instanceof List<?> list ? list.stream().map(CacheKeys::writable).toList() : fingerprint);
            told.put(id, changed);
        }));
        return told;
    }

    /** Nodes may compare by any value, but not any can be written down. */
    private static Object writable(Object value) {
        return switch (value) {
            case Integer _, Long _, Double _, Boolean _, String _ -> value;
            default -> value.toString();
        };
    }

    private Object fingerprint(Node node, PromptNode promptNode) {
        if (promptNode.property(IS_CHANGED).isPresent()) {
            return promptNode.property(IS_CHANGED).get();
        }
        var constants = new HashMap<>(promptNode.inputs());
        constants.values().removeIf(value -> Link.of(value).isPresent());
        try {
            var told = node.fingerprint(new Inputs(constants), folders);
            return told.equals(NEVER) ? told : List.of(told);
        } catch (Exception e) {
            LOG.log(Level.WARNING, () -> promptNode.classType() + " runs again, since it could not tell whether it changed: " + e);
            return Double.NaN;
        }
    }

    /** NaN equals nothing, not even itself. */
    private static Object comparable(Object value) {
        return switch (value) {
            case null -> List.of();
            case Double number when number.isNaN() -> new Object();
            case List<?> list -> list.stream().map(CacheKeys::comparable).toList();
            case Map<?, ?> map -> map.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> comparable(entry.getValue())));
            default -> value;
        };
    }
}
