package org.comfyee.server.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.comfyee.cluster.ledger.TurnLine;

/** What happened in a soak, and what it comes to. */
final class SoakRecord {
    private static final class Prompt {
        final String client;
        final long submitted = System.nanoTime();
        long number = -1;
        boolean accepted;
        long ended;
        boolean heard;
        boolean failed;
        int ends;

        Prompt(String client) {
            this.client = client;
        }
    }

    private final Map<String, Prompt> prompts = new LinkedHashMap<>();
    private final List<Long> progressMillis = new ArrayList<>();
    private final Map<Integer, Integer> refusals = new TreeMap<>();
    private final Map<String, Long> lastWord = new HashMap<>();
    private final long start = System.nanoTime();
    private long lastEnd = start;

    synchronized void submitted(String client, String promptId) {
        prompts.put(promptId, new Prompt(client));
    }

    synchronized void accepted(String promptId, long number) {
        var prompt = prompts.get(promptId);
        prompt.accepted = true;
        prompt.number = number;
    }

    synchronized void refused(int status) {
        refusals.merge(status, 1, Integer::sum);
    }

    /** @return whether this is the first news of its end */
    synchronized boolean ended(String promptId, boolean success) {
        var prompt = prompts.get(promptId);
        prompt.ends++;
        prompt.failed |= !success;
        lastWord.put(prompt.client, System.nanoTime());
        return end(prompt, true);
    }

    /** @return whether this is the first news of its end */
    synchronized boolean foundInHistory(String promptId) {
        return end(prompts.get(promptId), false);
    }

    private boolean end(Prompt prompt, boolean heard) {
        if (prompt.ended != 0) {
            return false;
        }
        prompt.ended = System.nanoTime();
        prompt.heard = heard;
        lastEnd = prompt.ended;
        return true;
    }

    synchronized void progress(long sentMillis) {
        long passed = System.currentTimeMillis() % SleepNode.TIME_RANGE - sentMillis;
        if (passed >= 0) {
            progressMillis.add(passed);
        }
    }

    synchronized List<String> open(String client) {
        return prompts.entrySet().stream()
                .filter(entry -> entry.getValue().client.equals(client) && entry.getValue().accepted && entry.getValue().ended == 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean isOpen(String client) {
        return !open(client).isEmpty();
    }

    /** Milliseconds since the last news of an end for a client. */
    synchronized long silentFor(String client) {
        return (System.nanoTime() - lastWord.getOrDefault(client, start)) / 1_000_000;
    }

    synchronized int endedCount() {
        return (int) prompts.values().stream().filter(prompt -> prompt.ended != 0).count();
    }

    /** Prompts a second from the first request to the last end. */
    synchronized double rate() {
        return endedCount() / ((lastEnd - start) / 1e9);
    }

    /**
     * @param begun what the nodes wrote down
     * @param turns in the order in which each worker got them
     * @return whether nothing is wrong
     */
    synchronized boolean print(Path begun, List<TurnLine> turns, PrintStream out) throws IOException {
        var begins = begins(begun);
        int accepted = (int) prompts.values().stream().filter(prompt -> prompt.accepted).count();
        int lost = accepted - endedCount();
        int twice = (int) prompts.values().stream().filter(prompt -> prompt.ends > 1).count();
        int failed = (int) prompts.values().stream().filter(prompt -> prompt.failed).count();
        int again = begins.values().stream().mapToInt(times -> times.size() - 1).sum();
        long neverBegun = prompts.entrySet().stream().filter(entry -> entry.getValue().ended != 0 && !begins.containsKey(entry.getKey())).count();
        int violations = violations(turns);
        out.printf("accepted %d, lost %d, ended without having run %d, ended as errors %d, ended twice %d, order violations %d%n", accepted, lost, neverBegun,
                failed, twice, violations);
        out.printf("begun again after a kill %d, ends found in the history only %d, requests refused %s%n", again,
                prompts.values().stream().filter(prompt -> prompt.ended != 0 && !prompt.heard).count(), refusals);
        out.println("from request to result: " + percentiles(prompts.values().stream()
                .filter(prompt -> prompt.heard).map(prompt -> (prompt.ended - prompt.submitted) / 1_000_000).toList()));
        out.println("progress from worker to client: " + percentiles(progressMillis));
        out.printf("%.1f prompts a second%n", rate());
        return lost == 0 && neverBegun == 0 && twice == 0 && failed == 0 && violations == 0;
    }

    private static Map<String, List<Long>> begins(Path file) throws IOException {
        var begins = new HashMap<String, List<Long>>();
        for (var line : Files.readAllLines(file)) {
            var parts = line.split(" ");
            begins.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(Long.parseLong(parts[1]));
        }
        return begins;
    }

    /**
     * Prompts for which the ledger was first asked when one of the same client with a higher number had been given to a worker
     * already. Turns after the first one do not count: they are of prompts whose worker was killed.
     */
    synchronized int violations(List<TurnLine> turns) {
        var first = new HashMap<String, TurnLine>();
        turns.stream().filter(turn -> turn.attempt() == 1).forEach(turn -> first.putIfAbsent(turn.promptId(), turn));
        var lastFirst = prompts.entrySet().stream()
                .filter(entry -> entry.getValue().number >= 0 && first.containsKey(entry.getKey()))
                .sorted(Comparator.comparingLong((Map.Entry<String, Prompt> entry) -> entry.getValue().number).reversed())
                .toList();
        var earliestGiven = new HashMap<String, Long>();
        int violations = 0;
        for (var entry : lastFirst) {
            var turn = first.get(entry.getKey());
            var client = entry.getValue().client;
            if (earliestGiven.getOrDefault(client, Long.MAX_VALUE) < turn.askedMillis()) {
                violations++;
            }
            earliestGiven.merge(client, turn.givenMillis(), Math::min);
        }
        return violations;
    }

    private static String percentiles(List<Long> millis) {
        if (millis.isEmpty()) {
            return "nothing measured";
        }
        var sorted = millis.stream().sorted().toList();
        return "p50 %d ms, p95 %d ms, p99 %d ms".formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 95 / 100), sorted.get(sorted.size() * 99 / 100));
    }
}
