package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** DPM-Solver (Lu et al. 2022) with a fixed number of evaluations, and with steps by estimated error. */
public final class DpmSolvers {
    /**
     * How the adaptive solver chooses its steps.
     *
     * @param order 2 or 3
     * @param firstStep in logarithms of sigma
     * @param proportional coefficient of the controller, as are the next two
     * @param accept the least factor for the next step that lets the present one count
     * @param eta how much of each step is taken by noise
     */
    public record Adaptive(int order, double relativeTolerance, double absoluteTolerance, double firstStep, double proportional,
            double integral, double derivative, double accept, double eta, double noiseScale) {
        static final Adaptive DEFAULT = new Adaptive(3, 0.05, 0.0078, 0.05, 0, 1, 0, 0.81, 0, 1);
    }

    /** After so many steps in a row that did not count, none ever will. */
    private static final int MOST_REJECTED = 100;

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
                run.noise(sigma(t), sigma(next));
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

    /** The order below estimates the error, by which a controller chooses the step. */
    static Tensor adaptive(SamplerRun run, Adaptive options) {
        return run.sigmas().length <= 1 ? run.start() : new DpmSolvers(run).adaptive(options);
    }

    private Tensor adaptive(Adaptive options) {
        double t = -Math.log(run.sigmas()[0]);
        double end = -Math.log(end(run.sigmas()));
        var controller = new Controller(options);
        double h = options.firstStep();
        var x = run.start();
        var lastLow = x;
        int rejected = 0;
        for (int i = 0; t < end - 1e-5; i++) {
            double next = Math.min(end, t + h);
            if (rejected == MOST_REJECTED || !(next > t)) {
                throw new IllegalStateException("dpm_adaptive does not get on from sigma " + sigma(t) + " with a step of " + h
                        + " in its logarithm: its options or the model's guesses are no good");
            }
            try (var scope = new TensorScope()) {
                var split = Ancestral.split(sigma(t), sigma(next), options.eta());
                double down = options.eta() == 0 ? next : Math.min(end, -Math.log(split.down()));
                var first = run.model().denoise(x, sigma(t));
                run.listener().stepped(Math.min(i, run.steps() - 1), run.steps(), first);
                var guesses = guesses(options.order(), x, t, down, x.sub(first).div(sigma(t)));
                var allowed = guesses.low().abs().maximum(lastLow.abs()).mul(options.relativeTolerance())
                        .clamp(options.absoluteTolerance(), Double.MAX_VALUE);
                double factor = controller.factor(Math.sqrt(guesses.low().sub(guesses.high()).div(allowed).square().mean().item()));
                if (factor >= options.accept()) {
                    controller.accepted();
                    double up = Math.sqrt(Math.max(0, sigma(next) * sigma(next) - sigma(down) * sigma(down)));
                    var noise = run.noise(sigma(t), sigma(next)).mul(up * options.noiseScale());
                    lastLow = scope.keep(guesses.low());
                    x = scope.keep(guesses.high().add(noise));
                    t = next;
                    rejected = 0;
                } else {
                    rejected++;
                }
                h *= factor;
            }
        }
        return x;
    }

    private record Guesses(Tensor low, Tensor high) {}

    /** One step by two neighbouring orders, which share evaluations. */
    private Guesses guesses(int order, Tensor x, double t, double next, Tensor eps) {
        double step = next - t;
        if (order == 2) {
            return new Guesses(order1(x, t, next, eps), order2(x, t, next, eps, 0.5));
        }
        double s1 = t + step / 3;
        var eps1 = epsilon(x.sub(eps.mul(sigma(s1) * Math.expm1(step / 3))), s1);
        return new Guesses(order2(x, next, step, eps, eps1, 1 / 3.0), order3(x, t, next, eps, eps1));
    }

    /** Says by what factor the next step is longer, from the errors of the last ones. */
    private static final class Controller {
        private static final double NEARLY_NOTHING = 1e-8;

        private final double[] exponents;
        private final double[] inverse = new double[3];
        private boolean started;

        Controller(Adaptive options) {
            double order = options.eta() > 0 ? 1.5 : options.order();
            exponents = new double[] {
                (options.proportional() + options.integral() + options.derivative()) / order,
                -(options.proportional() + 2 * options.derivative()) / order,
                options.derivative() / order
            };
        }

        double factor(double error) {
            inverse[0] = 1 / (error + NEARLY_NOTHING);
            if (!started) {
                inverse[1] = inverse[0];
                inverse[2] = inverse[0];
                started = true;
            }
            double factor = 1;
            for (int i = 0; i < exponents.length; i++) {
                factor *= Math.pow(inverse[i], exponents[i]);
            }
            return 1 + Math.atan(factor - 1);
        }

        void accepted() {
            inverse[2] = inverse[1];
            inverse[1] = inverse[0];
        }
    }
}
