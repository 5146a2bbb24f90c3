package io.decant.offload.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzTarget;
import io.decant.offload.json.JsonFormatException;
import java.nio.charset.StandardCharsets;

/**
 * Whatever line the driver process or the server reads: it is a message, which is the same when it is written and read
 * again, or a {@link JsonFormatException}.
 */
class MessageFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) throws Exception {
        String line = new String(input, StandardCharsets.UTF_8);
        try {
            DriverAnswer answer = AnswerFormat.parse(line);
            String written = AnswerFormat.line(answer);
            assertThat(written).doesNotContain("\n");
            assertThat(AnswerFormat.parse(written)).isEqualTo(answer);
        } catch (JsonFormatException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        try {
            DriverRequest request = RequestFormat.parse(line);
            String written = RequestFormat.line(request);
            assertThat(written).doesNotContain("\n");
            assertThat(RequestFormat.parse(written)).isEqualTo(request);
        } catch (JsonFormatException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
