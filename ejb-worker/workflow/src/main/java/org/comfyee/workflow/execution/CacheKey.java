package org.comfyee.workflow.execution;

import java.util.List;

/**
 * What a node's result depends on.
 *
 * @param scope id and class of the nodes whose expansion the node comes from, outermost first; results of expanded nodes
 *        are dropped with these
 * @param signature of the node and all its ancestors; node ids are no part of it
 */
public record CacheKey(List<String> scope, List<Object> signature) {}
