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
        for (var words = new Arguments(arguments); words.hasNext();) {
            var flag = words.next();
            switch (flag) {
                case "--help" -> help = true;
                case "--broker" -> broker = true;
                case "--benchmark" -> benchmark = true;
                case "--workflows" -> words.values("file").forEach(file -> workflows.add(Path.of(file)));
                case "--make-test-checkpoint" -> checkpoint = Optional.of(Path.of(words.neededValue()));
                default -> read(flag, words, settings);
            }
        }
        return new CommandLine(settings, workflows, checkpoint, broker, benchmark, help);
    }

    private static void read(String flag, Arguments words, Map<Setting, String> settings) throws UsageException {
        if (!Arguments.isFlag(flag)) {
            throw new UsageException("unexpected argument '" + flag + "'; options begin with --, see --help");
        }
        var name = flag.substring(2);
        var known = Setting.ofFlag(ForeignFlags.ownName(name));
        if (known.isEmpty()) {
            ForeignFlags.take(name, words);
            return;
        }
        var setting = known.get();
        if (setting.takesSeveral()) {
            settings.merge(setting, String.join(Setting.SEPARATOR, words.values("value")), (former, more) -> former + Setting.SEPARATOR + more);
            return;
        }
        var value = setting.isSwitch() ? words.attached() : words.value();
        settings.put(setting, value.or(setting::bareValue).orElseThrow(() -> new UsageException(flag + " needs a value")));
    }
}
