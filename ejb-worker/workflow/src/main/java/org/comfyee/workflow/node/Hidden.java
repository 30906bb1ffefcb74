package org.comfyee.workflow.node;

/** What a node may ask for without its user giving it. */
public enum Hidden {
    PROMPT("prompt"),
    DYNPROMPT("dynprompt"),
    EXTRA_PNGINFO("extra_pnginfo"),
    UNIQUE_ID("unique_id");

    private final String inputName;

    Hidden(String inputName) {
        this.inputName = inputName;
    }

    public String inputName() {
        return inputName;
    }
}
