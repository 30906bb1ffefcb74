package org.comfyee.server.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.comfyee.cluster.ledger.TurnLine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a soak counts as an order violation. */
class SoakRecordTest {
    private final SoakRecord record = new SoakRecord();

    @BeforeEach
    void submitThree() {
        for (int number = 0; number < 3; number++) {
            record.submitted("client", "p" + number);
            record.accepted("p" + number, number);
        }
    }

    private static TurnLine turn(String prompt, String worker, int attempt, long asked, long given) {
        return new TurnLine(prompt, worker, attempt, asked, given);
    }

    @Test
    void whatIsGivenInTheOrderOfNumbersIsRight() {
        assertEquals(0, record.violations(List.of(turn("p0", "a", 1, 10, 11), turn("p1", "b", 1, 12, 13), turn("p2", "a", 1, 60, 61))));
    }

    @Test
    void workersThatAskAtTheSameTimeAreNotToldApart() {
        assertEquals(0, record.violations(List.of(turn("p0", "a", 1, 10, 500), turn("p1", "b", 1, 12, 13))));
    }

    @Test
    void aPromptThatIsOvertakenIsCounted() {
        assertEquals(1, record.violations(List.of(turn("p1", "a", 1, 10, 11), turn("p0", "b", 1, 12, 13), turn("p2", "a", 1, 60, 61))));
        assertEquals(2, record.violations(List.of(turn("p2", "a", 1, 10, 11), turn("p0", "b", 1, 12, 13), turn("p1", "a", 1, 60, 61))));
    }

    @Test
    void thePromptsOfOthersMayOvertake() {
        record.submitted("other", "q");
        record.accepted("q", 3);
        assertEquals(0, record.violations(List.of(turn("q", "a", 1, 10, 11), turn("p0", "b", 1, 12, 13))));
    }

    @Test
    void aPromptThatBeginsAgainAfterItsWorkerDiedKeepsItsFirstTurn() {
        assertEquals(0, record.violations(List.of(turn("p0", "a", 1, 10, 11), turn("p1", "b", 1, 12, 13), turn("p0", "b", 2, 6000, 6001))));
        assertEquals(1, record.violations(List.of(turn("p1", "b", 1, 5, 6), turn("p0", "a", 1, 10, 11), turn("p0", "b", 2, 6000, 6001))));
    }

    @Test
    void whatTheLogSaysIsUnderstood() {
        var turn = turn("p0", "a-1", 2, 10, 11);
        assertEquals(turn, TurnLine.parse("12:00:00 FINE " + turn).orElseThrow());
        assertEquals(List.of(), TurnLine.parse("12:00:00 INFO prompt p0: success").stream().toList());
    }
}
