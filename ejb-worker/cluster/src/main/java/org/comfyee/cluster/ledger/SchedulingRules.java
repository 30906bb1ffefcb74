package org.comfyee.cluster.ledger;

import org.comfyee.cluster.config.Setting;

/**
 * How the order in which prompts get their turn may differ from that of their numbers; never among those of one client.
 *
 * @param fairShare whether clients take turns
 * @param preferModels whether workers prefer prompts whose models they hold
 */
public record SchedulingRules(boolean fairShare, boolean preferModels) {
    /** The order of ComfyUI: by number and nothing else. */
    public static final SchedulingRules BY_NUMBER = new SchedulingRules(false, false);

    public static SchedulingRules configured() {
        return new SchedulingRules(!Setting.DISABLE_FAIR_SHARE.isOn(), !Setting.DISABLE_MODEL_AFFINITY.isOn());
    }
}
