package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.diffusion.unet.UpscaleConditioning;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the nodes make of a model's output and sigmas, in plain arithmetic on single values: x = 3, output = 0.5, sigma = 2. */
class ModelSamplingNodesTest {
    private static final double X = 3;
    private static final double OUTPUT = 0.5;
    private static final double SIGMA = 2;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static DiffusionModel model(String node, Object... namesAndValues) {
        var all = new Object[namesAndValues.length + 2];
        all[0] = "model";
        all[1] = ToyModel.MODEL;
        System.arraycopy(namesAndValues, 0, all, 2, namesAndValues.length);
        return (DiffusionModel) NodeCall.run(node, all).getFirst();
    }

    private static double single(UnaryOperator<Tensor> operation, double value) {
        try (var _ = new TensorScope()) {
            return operation.apply(Tensor.of(new double[] {value}, 1)).item();
        }
    }

    private static double input(ModelSampling sampling) {
        return single(x -> sampling.networkInput(x, (float) SIGMA), X);
    }

    private static double denoised(ModelSampling sampling) {
        return single(x -> sampling.denoised(Tensor.of(new double[] {OUTPUT}, 1), x, (float) SIGMA), X);
    }

    private static double noised(ModelSampling sampling, boolean full) {
        return single(latents -> sampling.addNoise(latents, Tensor.of(new double[] {0.25}, 1), (float) SIGMA, full), X);
    }

    @Test
    void compilingChangesNothing() {
        assertSame(ToyModel.MODEL, model("TorchCompileModel", "backend", "inductor"));
    }

    @ParameterizedTest
    @CsvSource({"eps, 1.3416407865, 2", "v_prediction, 1.3416407865, 0.1527864045", "x0, 1.3416407865, 0.5", "img_to_img, 3, 0.5"})
    void discreteModelsPredictWhatTheyAreSaidTo(String kind, double wantedInput, double wanted) {
        var sampling = model("ModelSamplingDiscrete", "sampling", kind).sampling();
        assertEquals(wantedInput, input(sampling), 1e-6);
        assertEquals(wanted, denoised(sampling), 1e-6);
        assertEquals(X + 0.25 * Math.sqrt(5), noised(sampling, true), 1e-6);
        assertEquals(X + 0.25 * 2, noised(sampling, false), 1e-6);
        assertEquals(14.6146, sampling.sigmaMax(), 1e-4);
    }

    @Test
    void zeroTerminalSchedulesEndInPureNoise() {
        assertEquals(4518.76, model("ModelSamplingDiscrete", "sampling", "v_prediction", "zsnr", true).sampling().sigmaMax(), 0.1);
        assertEquals(4518.76, model("ModelSamplingDiscrete", "sampling", "lcm", "zsnr", true).sampling().sigmaMax(), 0.1);
    }

    /** What is left of a picture after the first timesteps of an upscaler, whose noise grows from 0.0001 to 0.02. */
    private static double leftByUpscalers(int timesteps) {
        double left = 1;
        for (int i = 0; i < timesteps; i++) {
            left *= 1 - Math.pow(0.01 + (Math.sqrt(0.02) - 0.01) * i / 999, 2);
        }
        return left;
    }

    @Test
    void theTimestepsStayThoseOfTheModelsTraining() {
        var upscaler = ToyModel.MODEL.withFamily(new UpscaleConditioning());
        var plain = ((DiffusionModel) NodeCall.run("ModelSamplingDiscrete", "model", upscaler, "sampling", "eps").getFirst()).sampling();
        assertEquals(Math.sqrt(1 / leftByUpscalers(500) - 1), plain.sigmas()[499], 1e-4);
        assertEquals(Math.sqrt(1 / leftByUpscalers(1) - 1), plain.sigmaMin(), 1e-7);
        // Moved so that nothing is left at the end, which makes the first roots of what is left smaller by less than the last one.
        var terminal = ((DiffusionModel) NodeCall.run("ModelSamplingDiscrete", "model", upscaler, "sampling", "eps", "zsnr", true).getFirst())
                .sampling();
        double last = Math.sqrt(leftByUpscalers(1000));
        double root = (Math.sqrt(leftByUpscalers(500)) - last) * Math.sqrt(leftByUpscalers(1)) / (Math.sqrt(leftByUpscalers(1)) - last);
        assertEquals(Math.sqrt(1 / (root * root) - 1), terminal.sigmas()[499], 1e-4);
        assertEquals(4518.76, terminal.sigmaMax(), 0.1);
        // What was replaced before does not count.
        var edm = NodeCall.run("ModelSamplingContinuousEDM", "model", upscaler, "sampling", "edm").getFirst();
        var again = (DiffusionModel) NodeCall.run("ModelSamplingDiscrete", "model", edm, "sampling", "lcm").getFirst();
        assertEquals(plain.sigmas()[499], again.sampling().sigmas()[24], 1e-6);
    }

    @Test
    void consistencyModelsKnowEveryTwentiethTimestep() {
        var whole = ToyModel.MODEL.sampling();
        var sampling = model("ModelSamplingDiscrete", "sampling", "lcm").sampling();
        assertEquals(50, sampling.sigmas().length);
        for (int i = 0; i < 50; i++) {
            assertEquals(whole.sigmas()[19 + 20 * i], sampling.sigmas()[i]);
            assertEquals(19 + 20 * i, sampling.timestep(sampling.sigmas()[i]));
        }
        assertEquals(whole.sigmas()[499], sampling.sigma(499), 1e-6);
        double middle = Math.sqrt((double) whole.sigmas()[499] * whole.sigmas()[519]);
        assertEquals(middle, sampling.sigma(509), 1e-5);
        assertEquals(middle, sampling.percentToSigma(1 - 509 / 999.0), 1e-5);
        double s = 10 * sampling.timestep((float) SIGMA);
        assertEquals(s / Math.sqrt(s * s + 0.25) * (X - OUTPUT * SIGMA) + 0.25 / (s * s + 0.25) * X, denoised(sampling), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({
        "v_prediction, 1.3416407865, 0.1527864045",
        // Data of a deviation of 0.5: 3 / sqrt 4.25; 3 * 0.25 / 4.25 + 0.5 * 2 * 0.5 / sqrt 4.25.
        "edm, 1.4552137502, 0.4190062138", "edm_playground_v2.5, 1.4552137502, 0.4190062138", "eps, 1.3416407865, 2",
        // A share of 2/3 is noise: 3 / 3; 3 / 3 - 0.5 * 2 / 3.
        "cosmos_rflow, 1, 0.6666666667"
    })
    void continuousModelsPredictWhatTheyAreSaidTo(String kind, double wantedInput, double wanted) {
        var model = model("ModelSamplingContinuousEDM", "sampling", kind, "sigma_max", 80.0, "sigma_min", 0.01);
        var sampling = model.sampling();
        assertEquals(wantedInput, input(sampling), 1e-6);
        assertEquals(wanted, denoised(sampling), 1e-6);
        assertEquals(80, sampling.sigmaMax(), 1e-4);
        assertEquals(0.01, sampling.sigmaMin(), 1e-7);
        assertEquals(1000, sampling.sigmas().length);
        assertEquals(Math.sqrt(0.8), sampling.percentToSigma(0.5), 1e-6);
        assertEquals(0, sampling.percentToSigma(1));
        assertEquals(SIGMA, sampling.sigma(sampling.timestep((float) SIGMA)), 1e-6);
        boolean cosmos = kind.equals("cosmos_rflow");
        assertEquals(cosmos ? 2 / 3.0 : 0.25 * Math.log(2), sampling.timestep(2), 1e-6);
        assertEquals(X + 0.25 * (cosmos ? 2 : Math.sqrt(5)), noised(sampling, true), 1e-6);
        assertSame(kind.equals("edm_playground_v2.5") ? LatentFormat.PLAYGROUND : LatentFormat.SD15, model.latentFormat());
    }

    @Test
    void velocityMayBeToldByAngle() {
        var sampling = model("ModelSamplingContinuousV", "sampling", "v_prediction").sampling();
        assertEquals(0.5, sampling.timestep(1), 1e-6);
        assertEquals(1, sampling.sigma(0.5), 1e-6);
        assertEquals(500, sampling.sigmaMax(), 1e-3);
        assertEquals(0.03, sampling.sigmaMin(), 1e-7);
        assertEquals(0.1527864045, denoised(sampling), 1e-6);
    }

    @Test
    void cascadesNoiseIsShifted() {
        var plain = model("ModelSamplingStableCascade", "shift", 1.0).sampling();
        var shifted = model("ModelSamplingStableCascade", "shift", 2.0).sampling();
        // In the middle, the cosine's square at (0.5 + s) / (1 + s) quarter turns, over that at the start.
        double start = Math.pow(Math.cos(0.008 / 1.008 * Math.PI / 2), 2);
        double alpha = Math.pow(Math.cos(0.508 / 1.008 * Math.PI / 2), 2) / start;
        assertEquals(Math.sqrt((1 - alpha) / alpha), plain.sigma(0.5), 1e-5);
        // The shift multiplies the ratio of noise to signal.
        assertEquals(2 * plain.sigma(0.5), shifted.sigma(0.5), 1e-5);
        assertEquals(0.5, plain.timestep(plain.sigma(0.5)), 1e-5);
        assertEquals(10_000, plain.sigmas().length);
        assertEquals(Math.sqrt(0.9999 / 1e-4), plain.sigmaMax(), 1e-2);
        assertEquals(shifted.sigma(0.75), shifted.percentToSigma(0.25), 1e-6);
    }

    @Test
    void playgroundsLatentsAreSpreadPerChannel() {
        try (var _ = new TensorScope()) {
            var latents = Tensor.of(new float[] {1, 2, 3, 4}, 1, 4, 1, 1);
            var model = LatentFormat.PLAYGROUND.toModel(latents);
            assertEquals((1 + 1.6574) * 0.5 / 8.4927, model.toFloats()[0], 1e-6);
            assertEquals((4 - 2.5155) * 0.5 / 5.2299, model.toFloats()[3], 1e-6);
            var back = LatentFormat.PLAYGROUND.fromModel(model).toFloats();
            IntStream.range(0, 4).forEach(i -> assertEquals(i + 1, back[i], 1e-5));
        }
    }
}
