package org.comfyee.worker;

import jakarta.ejb.EJB;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.QueueState;
import org.comfyee.workflow.json.Json;

/** Says whether this worker can take prompts: its heartbeats arrive, and the broker can be reached. */
@WebServlet("/health")
public class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @EJB
    private transient WorkerNode worker;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var sessions = worker.sessions();
        boolean alive = sessions.stream().allMatch(session -> worker.cluster().workers().isAlive(session.id()));
        boolean connected = QueueState.isConnected(Setting.QUEUE_NAME.value());
        var state = new LinkedHashMap<String, Object>();
        state.put("alive", alive);
        state.put("broker", connected);
        state.put("draining", sessions.stream().anyMatch(WorkerSession::isLeaving));
        state.put("worker", sessions.getFirst().id());
        state.put("workers", sessions.stream().map(WorkerSession::id).toList());
        response.setStatus(alive && connected ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.getWriter().write(Json.write(state));
    }
}
