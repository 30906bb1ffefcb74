package org.comfyee.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;

/**
 * What was asked for on the command line: {@code --flag value}, {@code --flag=value} or {@code --switch}.
 *
 * @param workflows files to run and print
 * @param testCheckpoint where to write a test checkpoint
 * @param broker whether to serve nothing but a broker
 * @param benchmark whether to measure and end
 */
record CommandLine(Map<Setting, String> settings, List<Path> workflows, Optional<Path> testCheckpoint, boolean broker, boolean benchmark, boolean help) {

    static CommandLine parse(List<String> arguments) throws UsageException {
        var settings = new EnumMap<Setting, String>(Setting.class);
        var workflows = new ArrayList<Path>();
        Optional<Path> checkpoint = Optional.empty();
        boolean broker = false;
        boolean benchmark = false;
        boolean help = false;
        for (int i = 0; i < arguments.size(); i++) {
            var argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                throw new UsageException("unexpected argument '" + argument + "'; options begin with --, see --help");
            }
            int equals = argument.indexOf('=');
            var flag = argument.substring(2, equals < 0 ? argument.length() : equals);
            var following = new ArrayList<String>();
            if (equals >= 0) {
                following.add(argument.substring(equals + 1));
            } else {
                for (int j = i + 1; j < arguments.size() && !arguments.get(j).startsWith("--"); j++) {
                    following.add(arguments.get(j));
                }
            }
            switch (flag) {
                case "help" -> help = true;
                case "broker" -> broker = true;
                case "benchmark" -> benchmark = true;
                case "workflows" -> {
                    if (following.isEmpty()) {
                        throw new UsageException("--workflows needs at least one file");
                    }
                    following.forEach(file -> workflows.add(Path.of(file)));
                    i += equals < 0 ? following.size() : 0;
                }
                case "make-test-checkpoint" -> {
                    if (following.isEmpty()) {
                        throw new UsageException("--make-test-checkpoint needs a file name");
                    }
                    checkpoint = Optional.of(Path.of(following.getFirst()));
                    i += equals < 0 ? 1 : 0;
                }
                default -> {
                    var setting = Setting.ofFlag(flag).orElseThrow(() -> new UsageException("unknown option --" + flag + ", see --help"));
                    if (setting.takesSeveral()) {
                        if (following.isEmpty()) {
                            throw new UsageException("--" + flag + " needs at least one value");
                        }
                        settings.merge(setting, String.join(Setting.SEPARATOR, following), (former, more) -> former + Setting.SEPARATOR + more);
                        i += equals < 0 ? following.size() : 0;
                        continue;
                    }
                    boolean valued = !following.isEmpty() && (equals >= 0 || !setting.isSwitch());
                    settings.put(setting, valued
                            ? following.getFirst()
                            : setting.bareValue().orElseThrow(() -> new UsageException("--" + flag + " needs a value")));
                    i += valued && equals < 0 ? 1 : 0;
                }
            }
        }
        return new CommandLine(settings, workflows, checkpoint, broker, benchmark, help);
    }
}
