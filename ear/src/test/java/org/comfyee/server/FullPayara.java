package org.comfyee.server;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A full Payara Server with a domain of its own, administered as its operator would: by {@code asadmin}. */
final class FullPayara implements AutoCloseable {
    private static final Path ASADMIN = RunningServer.ROOT.resolve("ear/target/payara6/bin/asadmin");
    private static final String DOMAIN = "test";
    private static final List<String> FURTHER_PORTS = List.of("http.ssl.port", "jms.port", "orb.listener.port", "orb.ssl.port", "orb.mutualauth.port", "domain.jmxPort",
            "java.debugger.port", "osgi.shell.telnet.port");

    private final Path domains;
    private final int adminPort = FreePort.find();
    private final int port = FreePort.find();

    /** Makes a domain and starts it. */
    FullPayara(Path directory) throws IOException, InterruptedException {
        domains = directory.resolve("domains");
        var ports = new ArrayList<String>();
        for (var name : FURTHER_PORTS) {
            ports.add(name + "=" + FreePort.find());
        }
        run("create-domain", "--nopassword", "--savelogin=false", "--adminport", Integer.toString(adminPort), "--instanceport", Integer.toString(port),
                "--domaindir", domains.toString(), "--domainproperties", String.join(":", ports), DOMAIN);
        run("start-domain", "--domaindir", domains.toString(), DOMAIN);
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sh", ASADMIN.toString(), "--interactive=false"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("AS_JAVA", System.getProperty("java.home"));
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + said);
        }
        return said;
    }

    private void administer(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("--port", Integer.toString(adminPort)));
        all.addAll(List.of(arguments));
        run(all.toArray(String[]::new));
    }

    void setSystemProperties(Map<String, String> properties) throws IOException, InterruptedException {
        administer("create-system-properties", properties.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue().replace(":", "\\:"))
                .collect(Collectors.joining(":")));
    }

    void deploy(Path archive) throws IOException, InterruptedException {
        administer("deploy", archive.toString());
    }

    void undeploy(String name) throws IOException, InterruptedException {
        administer("undeploy", name);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    Path log() {
        return domains.resolve(DOMAIN).resolve("logs/server.log");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("stop-domain", "--domaindir", domains.toString(), DOMAIN);
    }
}
