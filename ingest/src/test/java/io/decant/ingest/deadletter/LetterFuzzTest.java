package io.decant.ingest.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Whatever a line of a file of dead letters is: it is a letter, which is the same when it is written and read again, or
 * none, and nothing is thrown.
 */
class LetterFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) {
        Optional<FiledLetter> head = LetterFormat.readHead(new ByteArrayInputStream(input));
        assertThat(head.isPresent() && head.get().letter().record().length > 0).isFalse();
        LetterFormat.read(input, input.length).ifPresent(letter -> {
            LetterBuffer buffer = new LetterBuffer();
            LetterFormat.write(letter, buffer);
            byte[] line = new byte[buffer.view().remaining()];
            buffer.view().get(line);
            assertThat(text(line).indexOf('\n')).isEqualTo(line.length - 1);
            assertThat(LetterFormat.read(line, line.length)).contains(letter);
            assertThat(LetterFormat.readHead(new ByteArrayInputStream(line))).isPresent();
            assertThat(LetterFormat.read(Arrays.copyOf(line, line.length - 2), line.length - 2))
                    .isEmpty();
        });
    }
}
