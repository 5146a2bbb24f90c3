package io.decant.offload.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.console.CheckedOutput.OutputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CheckedOutputTest {

    /** Takes so many bytes, and then is full. */
    private static final class FullDisk extends OutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int room;
        private int writes;

        FullDisk(int room) {
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writes++;
            if (taken.size() + length > room) {
                throw new IOException("No space left on device");
            }
            taken.write(bytes, offset, length);
        }
    }

    @Test
    void shouldWriteInUtf8() {
        FullDisk disk = new FullDisk(100);
        PrintWriter out = CheckedOutput.writer(disk);
        out.println("größer");
        assertThat(disk.taken.toString(StandardCharsets.UTF_8)).isEqualTo("größer\n");
    }

    @Test
    void shouldThrowWhereALineCannotBeWritten() {
        PrintWriter out = CheckedOutput.writer(new FullDisk(6));
        out.println("first");
        assertThatThrownBy(() -> out.println("second"))
                .isInstanceOf(OutputException.class)
                .hasMessageStartingWith("cannot write to standard output: No space left on device; ");
    }

    @Test
    void shouldThrowWhereWhatIsBufferedCannotBeWritten() {
        PrintWriter out = CheckedOutput.writer(new FullDisk(0));
        out.print("no end of a line");
        assertThatThrownBy(out::flush).isInstanceOf(OutputException.class);
    }

    /** Code that caught the first failure must not hide it from the end of the command. */
    @Test
    void shouldThrowAgainAtEachFlushAndWriteNothingMore() {
        FullDisk disk = new FullDisk(0);
        PrintWriter out = CheckedOutput.writer(disk);
        assertThatThrownBy(() -> out.println("first")).isInstanceOf(OutputException.class);
        assertThatCode(() -> out.print("second")).doesNotThrowAnyException();
        assertThatThrownBy(out::flush).isInstanceOf(OutputException.class);
        assertThatThrownBy(out::flush).isInstanceOf(OutputException.class);
        assertThat(disk.writes).isEqualTo(1);
    }
}
