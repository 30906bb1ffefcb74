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

/** What happened in a soak, and what it comes to. */
final class SoakRecord {
    /** Two workers that begin at the same moment may write it down the other way round. */
    private static final long SIMULTANEOUS_MILLIS = 20;

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

    /** @return whether nothing is wrong */
    synchronized boolean print(Path begun, PrintStream out) throws IOException {
        var begins = begins(begun);
        int accepted = (int) prompts.values().stream().filter(prompt -> prompt.accepted).count();
        int lost = accepted - endedCount();
        int twice = (int) prompts.values().stream().filter(prompt -> prompt.ends > 1).count();
        int failed = (int) prompts.values().stream().filter(prompt -> prompt.failed).count();
        int again = begins.values().stream().mapToInt(times -> times.size() - 1).sum();
        int violations = violations(begins);
        out.printf("accepted %d, lost %d, ended as errors %d, ended twice %d, order violations %d%n", accepted, lost, failed, twice, violations);
        out.printf("begun again after a kill %d, ends found in the history only %d, requests refused %s%n", again,
                prompts.values().stream().filter(prompt -> prompt.ended != 0 && !prompt.heard).count(), refusals);
        out.println("from request to result: " + percentiles(prompts.values().stream()
                .filter(prompt -> prompt.heard).map(prompt -> (prompt.ended - prompt.submitted) / 1_000_000).toList()));
        out.println("progress from worker to client: " + percentiles(progressMillis));
        out.printf("%.1f prompts a second%n", rate());
        return lost == 0 && twice == 0 && failed == 0 && violations == 0;
    }

    private static Map<String, List<Long>> begins(Path file) throws IOException {
        var begins = new HashMap<String, List<Long>>();
        for (var line : Files.readAllLines(file)) {
            var parts = line.split(" ");
            begins.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(Long.parseLong(parts[1]));
        }
        return begins;
    }

    /** Prompts that began although one of the same client with a lower number, which no kill touched, began later. */
    private int violations(Map<String, List<Long>> begins) {
        var last = new HashMap<String, Long>();
        int violations = 0;
        var inOrder = prompts.entrySet().stream()
                .filter(entry -> entry.getValue().number >= 0 && begins.getOrDefault(entry.getKey(), List.of()).size() == 1)
                .sorted(Comparator.comparingLong(entry -> entry.getValue().number))
                .toList();
        for (var entry : inOrder) {
            long time = begins.get(entry.getKey()).getFirst();
            long before = last.merge(entry.getValue().client, time, Math::max);
            if (before - time > SIMULTANEOUS_MILLIS) {
                violations++;
            }
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
