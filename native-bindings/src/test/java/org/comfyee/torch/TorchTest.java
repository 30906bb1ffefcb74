package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LoadedTorch.class)
final class TorchTest {

    @Test
    void loadingTwiceFromOneDirectoryIsHarmlessAndAnotherDirectoryIsRefused(@TempDir Path other) {
        Torch.load(Torch.directory());
        var error = assertThrows(TorchException.class, () -> Torch.load(other));
        assertTrue(error.getMessage().contains(other.toString()), error.getMessage());
    }

    @Test
    void versionsCompareByNumber() {
        assertEquals(new Torch.Version(2, 13, 0), Torch.Version.ofAbi(0x020d000000000000L));
        assertTrue(new Torch.Version(2, 9, 1).compareTo(Torch.OLDEST) < 0);
        assertTrue(Torch.version().compareTo(Torch.OLDEST) >= 0);
    }

    @Test
    void threadsCanBeChosen() {
        int before = Torch.threads();
        Torch.setThreads(1);
        assertEquals(1, Torch.threads());
        Torch.setThreads(before);
        assertThrows(IllegalArgumentException.class, () -> Torch.setThreads(0));
    }
}
