package org.comfyee.nodes.utils.string;

import org.comfyee.workflow.node.NodeContext;

/** A text for regular expressions, some of which read it over and over for years: now and then it looks whether the prompt is to end. */
final class WatchedText implements CharSequence {
    private static final int LOOK_EVERY = 1 << 20;

    private final String text;
    private final NodeContext context;
    private int reads;

    WatchedText(String text, NodeContext context) {
        this.text = text;
        this.context = context;
    }

    /** @throws org.comfyee.workflow.node.InterruptedPromptException if the prompt was interrupted */
    @Override
    public char charAt(int index) {
        if (++reads == LOOK_EVERY) {
            reads = 0;
            context.checkInterrupted();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
