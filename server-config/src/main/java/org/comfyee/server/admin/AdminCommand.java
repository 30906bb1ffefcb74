package org.comfyee.server.admin;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.comfyee.cluster.config.AdminToken;
import org.comfyee.cluster.config.Setting;
import org.comfyee.server.Arguments;
import org.comfyee.server.UsageException;
import org.comfyee.server.tls.OnlyCertificate;
import org.comfyee.server.tls.TlsKey;
import org.comfyee.workflow.json.Json;

/** The command {@code comfyee-admin}: asks the administration of a front end and prints its answers. */
public final class AdminCommand {
    private static final String HELP = """
            comfyee-admin [options] COMMAND

              queue list               what runs and waits
              queue browse ID          the whole of a prompt
              queue cancel ID          takes a waiting prompt back
              queue purge              takes all waiting prompts back
              queue pause | resume     makes workers take no further prompts, also after a restart, or take them again
              dead list                messages that no worker could handle
              dead browse ID           the whole of one
              dead retry ID | --all    puts one or all into the queue again
              dead purge ID | --all    throws one or all away
              workers                  the workers and what each is doing
              worker pause | resume ID makes a worker take no further prompts, or take them again

            Options:
              --server=URL             a front end (default: http://127.0.0.1:8188)
              --admin-token-file=FILE  a file with the token that the front end was started with
                                       (default: the variable COMFYUI_ADMIN_TOKEN_FILE, or the token itself in COMFYUI_ADMIN_TOKEN)
              --tls-certfile=FILE      the certificate that the front end was started with, for a server that is named with
                                       https: this one is trusted, and no other (default: the variable COMFYUI_TLS_CERTFILE;
                                       without either, the certificates that Java trusts)
              --json                   prints the answer as it comes
            """;
    private static final String API = "/api/v1/admin/";

    private final PrintStream out;
    private final List<String> words = new ArrayList<>();
    private String server = "http://127.0.0.1:" + Setting.PORT.value();
    private String token = "";
    private Optional<Path> certificate = Setting.TLS_CERTFILE.path();
    private boolean raw;
    private boolean all;
    private boolean help;

    private AdminCommand(PrintStream out) {
        this.out = out;
    }

    /**
     * Asks, and prints the answer.
     *
     * @param arguments after the word {@code admin}
     * @return the exit code: 0, 1 if the front end refused, 2 without a command
     * @throws UsageException if there is no such option or command
     * @throws IllegalArgumentException if the token's file cannot be read
     * @throws IOException if no front end answers, or is trusted
     */
    public static int run(List<String> arguments, PrintStream out) throws UsageException, IOException, InterruptedException {
        var command = new AdminCommand(out);
        command.read(arguments);
        if (command.help || command.words.isEmpty()) {
            out.print(HELP);
            return command.help ? 0 : 2;
        }
        return command.run();
    }

    private void read(List<String> arguments) throws UsageException {
        var tokenFile = Setting.ADMIN_TOKEN_FILE.path();
        for (var given = new Arguments(arguments); given.hasNext();) {
            var word = given.next();
            switch (word) {
                case "--help" -> help = true;
                case "--json" -> raw = true;
                case "--all" -> all = true;
                case "--server" -> server = given.neededValue().replaceAll("/+$", "");
                case "--tls-certfile" -> certificate = Optional.of(Path.of(given.neededValue()));
                case "--admin-token-file" -> tokenFile = Optional.of(Path.of(given.neededValue()));
                default -> {
                    if (Arguments.isFlag(word)) {
                        throw new UsageException("unknown option " + word + ", see comfyee-admin --help");
                    }
                    words.add(word);
                }
            }
        }
        token = AdminToken.of(tokenFile).orElse("");
    }

    private int run() throws UsageException, IOException, InterruptedException {
        var verb = String.join(" ", words.subList(0, Math.min(words.getFirst().equals("workers") ? 1 : 2, words.size())));
        var id = words.size() > 2 ? URLEncoder.encode(words.get(2), StandardCharsets.UTF_8).replace("+", "%20") : "";
        return switch (verb) {
            case "queue list" -> ask("GET", "queue", this::printQueue);
            case "queue browse" -> ask("GET", "queue/" + needed(id), this::printJson);
            case "queue cancel" -> ask("DELETE", "queue/" + needed(id), this::printCounts);
            case "queue purge" -> ask("DELETE", "queue", this::printCounts);
            case "queue pause", "queue resume" -> ask("POST", "queue/" + words.get(1), this::printCounts);
            case "dead list" -> ask("GET", "dead-letters", this::printLetters);
            case "dead browse" -> ask("GET", "dead-letters/" + needed(id), this::printJson);
            case "dead retry" -> ask("POST", "dead-letters/" + (all ? "" : needed(id) + "/") + "retry", this::printCounts);
            case "dead purge" -> ask("DELETE", "dead-letters" + (all ? "" : "/" + needed(id)), this::printCounts);
            case "workers" -> ask("GET", "workers", this::printWorkers);
            case "worker pause", "worker resume" -> ask("POST", "workers/" + needed(id) + "/" + words.get(1), this::printCounts);
            default -> throw new UsageException("unknown command '" + verb + "', see comfyee-admin --help");
        };
    }

    private String needed(String id) throws UsageException {
        if (id.isEmpty()) {
            throw new UsageException("'" + words.get(0) + " " + words.get(1) + "' needs an id");
        }
        return id;
    }

    /** Prints an answer. */
    @FunctionalInterface
    private interface Form {
        void print(Object answer);
    }

    private HttpClient client() throws UsageException {
        var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
        if (certificate.isPresent()) {
            client.sslContext(OnlyCertificate.trusted(TlsKey.chain(certificate.get()).getFirst()));
        }
        return client.build();
    }

    private int ask(String method, String path, Form form) throws UsageException, IOException, InterruptedException {
        HttpResponse<String> answer;
        try (var http = client()) {
            answer = http.send(HttpRequest.newBuilder(URI.create(server + API + path)).timeout(Duration.ofSeconds(60))
                    .header("Authorization", "Bearer " + token).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new IOException("no front end answers at " + server + "; name one with --server=URL", e);
        } catch (SSLHandshakeException e) {
            throw new IOException("the certificate of the front end at " + server + " is not trusted (" + e.getMessage()
                    + "); name the one to trust with --tls-certfile=FILE", e);
        }
        if (answer.statusCode() == 404) {
            System.err.println("comfyee-admin: there is no such prompt, letter or worker");
            return 1;
        }
        if (answer.statusCode() != 200) {
            System.err.println("comfyee-admin: the front end answered " + answer.statusCode() + ": " + answer.body());
            return 1;
        }
        if (raw) {
            out.println(answer.body());
        } else {
            form.print(Json.parse(answer.body()));
        }
        return 0;
    }

    private void printJson(Object answer) {
        out.println(Json.write(answer));
    }

    private void printCounts(Object answer) {
        Json.object(answer).orElseThrow().forEach((what, value) -> out.println(what + ": " + value));
    }

    private void printQueue(Object answer) {
        var queue = Json.object(answer).orElseThrow();
        if (Boolean.TRUE.equals(queue.get("paused"))) {
            out.println("the queue is paused");
        }
        for (var state : List.of("running", "pending")) {
            for (var prompt : (List<?>) queue.get(state)) {
                var each = Json.object(prompt).orElseThrow();
                out.printf("%-8s %10s  %s  %s  client %s  %s%n", state, each.get("number"), each.get("prompt_id"), time(each.get("created")),
                        each.get("client_id") == null ? "-" : each.get("client_id"), names(each.get("models")));
            }
        }
    }

    private void printLetters(Object answer) {
        for (var letter : (List<?>) answer) {
            var each = Json.object(letter).orElseThrow();
            out.printf("%s  %s  %s%n", each.get("id"), time(each.get("sent")),
                    each.containsKey("prompt_id") ? "client " + each.get("client_id") + "  " + names(each.get("models")) : "no prompt: " + each.get("text"));
        }
    }

    private void printWorkers(Object answer) {
        for (var worker : (List<?>) answer) {
            var each = Json.object(worker).orElseThrow();
            var state = Boolean.TRUE.equals(each.get("draining")) ? "leaving" : each.get("current_prompt") != null ? "runs " + each.get("current_prompt")
                    : Boolean.TRUE.equals(each.get("paused")) ? "paused" : "idle";
            out.printf("%s  %s  %s  %s since %s  %s%n", each.get("id"), each.get("host"), names(each.get("devices")), state, time(each.get("since")),
                    names(each.get("loaded_models")));
        }
    }

    private static String time(Object millis) {
        return millis instanceof Number number ? Instant.ofEpochMilli(number.longValue()).truncatedTo(ChronoUnit.SECONDS).toString() : "-";
    }

    private static String names(Object list) {
        return list instanceof List<?> all ? String.join(",", all.stream().map(String::valueOf).toList()) : "";
    }
}
