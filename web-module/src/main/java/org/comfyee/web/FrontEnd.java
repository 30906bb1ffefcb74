package org.comfyee.web;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.config.Directories;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerUri;
import org.comfyee.cluster.queue.DeadLetters;
import org.comfyee.cluster.queue.PromptQueue;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.comfyee.web.log.RecentLog;
import org.comfyee.web.prompt.Completions;
import org.comfyee.web.prompt.Jobs;
import org.comfyee.web.prompt.StrandedPrompts;
import org.comfyee.web.socket.Clients;
import org.comfyee.web.user.Users;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.TemporaryPictures;
import org.comfyee.workflow.graph.PromptValidator;
import org.comfyee.workflow.graph.ValidationResult;
import org.comfyee.workflow.node.NodeRegistry;

/** This process as a front end: what its resources and sockets share. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class FrontEnd {
    private static final System.Logger LOG = System.getLogger(FrontEnd.class.getName());
    /** The broker's order matters only after a restart of all that knew the prompts' numbers. */
    private static final int FRONT_PRIORITY = 9;
    private static final int USUAL_PRIORITY = 4;

    private Cluster cluster;
    private PromptQueue queue;
    private DeadLetters deadLetters;
    private Folders folders;
    private TemporaryPictures temporary;
    private NodeRegistry registry;
    private Clients clients;
    private Completions completions;
    private Jobs jobs;
    private StrandedPrompts stranded;
    private RecentLog log;
    private Users users;

    @PostConstruct
    void start() {
        folders = Directories.configured();
        try {
            folders.prepare();
            temporary = TemporaryPictures.open(folders);
        } catch (IOException e) {
            throw new IllegalStateException("the directories below " + folders.base() + " cannot be made: " + e.getMessage(), e);
        }
        registry = NodeRegistry.load(Thread.currentThread().getContextClassLoader(), folders, Directories.wantedCustomNodes());
        var broker = BrokerUri.configured();
        // Only now, since nothing leaves the cluster again if this fails.
        cluster = Cluster.join();
        queue = new PromptQueue(broker, Setting.QUEUE_NAME.value());
        deadLetters = new DeadLetters(broker, Setting.QUEUE_NAME.value());
        clients = new Clients(cluster);
        completions = new Completions(cluster);
        jobs = new Jobs(cluster);
        stranded = new StrandedPrompts(cluster.ledger(), this::send);
        log = RecentLog.capture(clients::passLog);
        users = new Users(folders.user(), Setting.MULTI_USER.isOn());
    }

    @PreDestroy
    void stop() {
        log.close();
        stranded.close();
        completions.close();
        clients.close();
        queue.close();
        cluster.close();
        try {
            temporary.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "temporary pictures could not be deleted: " + e.getMessage());
        }
    }

    /** The bean without its container, for who asks it often. */
    public FrontEnd itself() {
        return this;
    }

    public Cluster cluster() {
        return cluster;
    }

    /** One for all requests: of two that look at the same moment each would see only some. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    public Folders folders() {
        return folders;
    }

    public NodeRegistry registry() {
        return registry;
    }

    public Clients clients() {
        return clients;
    }

    public Completions completions() {
        return completions;
    }

    /** One for all requests: it remembers what it has read. */
    public Jobs jobs() {
        return jobs;
    }

    public RecentLog log() {
        return log;
    }

    public Users users() {
        return users;
    }

    /** Whether prompts can be accepted. */
    public boolean isReady() {
        return queue.isConnected();
    }

    /** Checks a prompt by the definitions of its nodes. */
    public ValidationResult validate(Map<String, Object> prompt, Optional<Set<String>> targets) {
        return new PromptValidator(registry, folders).validate(prompt, targets);
    }

    /** Accepts a prompt: when this returns, the broker has stored it. */
    public void submit(PromptRequest request) throws QueueUnavailableException {
        cluster.ledger().enter(request);
        // Told before the prompt is sent: afterwards a worker may be faster.
        cluster.publishStatus();
        try {
            send(request);
        } catch (QueueUnavailableException e) {
            cluster.ledger().withdraw(request.promptId());
            cluster.publishStatus();
            throw e;
        }
        cluster.ledger().accept(request);
    }

    private void send(PromptRequest request) throws QueueUnavailableException {
        queue.send(request, request.number().doubleValue() < 0 ? FRONT_PRIORITY : USUAL_PRIORITY);
    }
}
