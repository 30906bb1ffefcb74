package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** DPM-Solver (Lu et al. 2022) with a fixed number of evaluations, and with steps by estimated error. */
final class DpmSolvers {
    private static final double RELATIVE_TOLERANCE = 0.05;
    private static final double ABSOLUTE_TOLERANCE = 0.0078;
    private static final double FIRST_STEP = 0.05;
    private static final double ACCEPT = 0.81;

    private final SamplerRun run;

    private DpmSolvers(SamplerRun run) {
        this.run = run;
    }

    private static double sigma(double t) {
        return Math.exp(-t);
    }

    private Tensor epsilon(Tensor x, double t) {
        return x.sub(run.model().denoise(x, sigma(t))).div(sigma(t));
    }

    /** The last sigma above 0: these samplers stop there. */
    private static double end(float[] sigmas) {
        return sigmas[sigmas.length - 1] > 0 ? sigmas[sigmas.length - 1] : sigmas[sigmas.length - 2];
    }

    static Tensor fast(SamplerRun run) {
        if (run.sigmas().length <= 1) {
            return run.start();
        }
        var solver = new DpmSolvers(run);
        int evaluations = run.steps();
        double start = -Math.log(run.sigmas()[0]);
        double end = -Math.log(end(run.sigmas()));
        int steps = evaluations / 3 + 1;
        var x = run.start();
        for (int i = 0; i < steps; i++) {
            int order = i < steps - 2 || evaluations % 3 != 0 && i == steps - 2 ? 3 : evaluations % 3 == 0 ? (i == steps - 2 ? 2 : 1) : evaluations % 3;
            try (var scope = new TensorScope()) {
                double t = start + (end - start) * i / steps;
                double next = start + (end - start) * (i + 1) / steps;
                var first = run.model().denoise(x, sigma(t));
                run.listener().stepped(i, steps, first);
                var eps = x.sub(first).div(sigma(t));
                var stepped = switch (order) {
                    case 1 -> solver.order1(x, t, next, eps);
                    case 2 -> solver.order2(x, t, next, eps, 0.5);
                    default -> solver.order3(x, t, next, eps);
                };
                // Drawn though it counts for nothing, as others count the draws.
                run.noise().next((float) sigma(t), (float) sigma(next));
                x = scope.keep(stepped);
            }
        }
        return x;
    }

    private Tensor order1(Tensor x, double t, double next, Tensor eps) {
        return x.sub(eps.mul(sigma(next) * Math.expm1(next - t)));
    }

    private Tensor order2(Tensor x, double t, double next, Tensor eps, double r1) {
        double h = next - t;
        double s1 = t + r1 * h;
        var eps1 = epsilon(x.sub(eps.mul(sigma(s1) * Math.expm1(r1 * h))), s1);
        return order2(x, next, h, eps, eps1, r1);
    }

    private static Tensor order2(Tensor x, double next, double h, Tensor eps, Tensor eps1, double r1) {
        return x.sub(eps.mul(sigma(next) * Math.expm1(h))).sub(eps1.sub(eps).mul(sigma(next) / (2 * r1) * Math.expm1(h)));
    }

    private Tensor order3(Tensor x, double t, double next, Tensor eps) {
        double h = next - t;
        double s1 = t + h / 3;
        var eps1 = epsilon(x.sub(eps.mul(sigma(s1) * Math.expm1(h / 3))), s1);
        return order3(x, t, next, eps, eps1);
    }

    private Tensor order3(Tensor x, double t, double next, Tensor eps, Tensor eps1) {
        double h = next - t;
        double r1 = 1 / 3.0;
        double r2 = 2 / 3.0;
        double s2 = t + r2 * h;
        var u2 = x.sub(eps.mul(sigma(s2) * Math.expm1(r2 * h)))
                .sub(eps1.sub(eps).mul(sigma(s2) * (r2 / r1) * (Math.expm1(r2 * h) / (r2 * h) - 1)));
        var eps2 = epsilon(u2, s2);
        return x.sub(eps.mul(sigma(next) * Math.expm1(h))).sub(eps2.sub(eps).mul(sigma(next) / r2 * (Math.expm1(h) / h - 1)));
    }

    /** Third order; the second order beside it estimates the error, by which a controller chooses the step. */
    static Tensor adaptive(SamplerRun run) {
        if (run.sigmas().length <= 1) {
            return run.start();
        }
        var solver = new DpmSolvers(run);
        double t = -Math.log(run.sigmas()[0]);
        double end = -Math.log(end(run.sigmas()));
        double h = FIRST_STEP;
        var x = run.start();
        var lastLow = x;
        for (int i = 0; t < end - 1e-5; i++) {
            try (var scope = new TensorScope()) {
                double next = Math.min(end, t + h);
                var first = run.model().denoise(x, sigma(t));
                run.listener().stepped(Math.min(i, run.steps() - 1), run.steps(), first);
                var eps = x.sub(first).div(sigma(t));
                double step = next - t;
                double s1 = t + step / 3;
                var eps1 = solver.epsilon(x.sub(eps.mul(sigma(s1) * Math.expm1(step / 3))), s1);
                var low = order2(x, next, step, eps, eps1, 1 / 3.0);
                var high = solver.order3(x, t, next, eps, eps1);
                var allowed = low.abs().maximum(lastLow.abs()).mul(RELATIVE_TOLERANCE).clamp(ABSOLUTE_TOLERANCE, Double.MAX_VALUE);
                double error = Math.sqrt(low.sub(high).div(allowed).square().mean().item());
                double factor = 1 + Math.atan(Math.pow(1 / (error + 1e-8), 1 / 3.0) - 1);
                if (factor >= ACCEPT) {
                    run.noise().next((float) sigma(t), (float) sigma(next));
                    lastLow = scope.keep(low);
                    x = scope.keep(high);
                    t = next;
                }
                h *= factor;
            }
        }
        return x;
    }
}
