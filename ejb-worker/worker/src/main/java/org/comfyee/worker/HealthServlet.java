package org.comfyee.worker;

import jakarta.ejb.EJB;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.comfyee.workflow.json.Json;

/** Says whether this worker is alive. */
@WebServlet("/health")
public class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @EJB
    private transient WorkerNode worker;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean alive = worker.cluster().workers().isAlive(worker.id());
        response.setStatus(alive ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.getWriter().write(Json.write(java.util.Map.of("alive", alive, "worker", worker.id())));
    }
}
