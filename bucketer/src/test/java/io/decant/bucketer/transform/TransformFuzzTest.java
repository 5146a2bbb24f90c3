package io.decant.bucketer.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever the steps and the record are: a text that is no step is a {@link StepException}; steps are the same when
 * they are read back from a cut; a record becomes whole records or is dead, no bound is passed and no memory is kept;
 * and steps may be done in one go or one behind the other, divided anywhere.
 *
 * <p>The input is how failures go, steps, a line each, up to a zero byte, and a record.
 */
class TransformFuzzTest extends FuzzTarget {

    private static final byte[] SALT = "salt".getBytes(StandardCharsets.US_ASCII);
    private static final int STEPS_MAX = 5;

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        TransformError error = bytes.one(TransformError.values());
        List<String> steps = bytes.text().lines().limit(STEPS_MAX).toList();
        String record = text(bytes.rest());
        StepTransform whole = transform(steps, error);
        if (whole == null) {
            return;
        }
        long before = Memory.allocatedBytes();
        Transformed once = Transformed.of(whole, record);
        assertThat(once.outputs().size()).isLessThanOrEqualTo(Workspace.OUTPUTS_MAX);
        StepTransform again = StepTransform.ofFrozen(whole.frozen(), SALT);
        assertThat(again).isEqualTo(whole);
        assertThat(Transformed.of(again, record)).isEqualTo(once);
        if (error == TransformError.DLQ) {
            for (int at = 0; at <= steps.size(); at++) {
                StepTransform first = transform(steps.subList(0, at), error);
                StepTransform second = transform(steps.subList(at, steps.size()), error);
                assertThat(Transformed.of(first, record).then(second).text()).isEqualTo(once.text());
            }
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    private static StepTransform transform(List<String> steps, TransformError error) {
        try {
            return StepTransform.of(steps, error, SALT);
        } catch (StepException e) {
            return null;
        }
    }
}
