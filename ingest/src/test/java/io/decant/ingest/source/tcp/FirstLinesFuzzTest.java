package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whatever a connection begins with, in whatever reads: the lines of a session and of a user are taken exactly where
 * they have their form, all behind them is left to be read as records, and whether it is HTTP or TLS depends on the
 * bytes alone.
 *
 * <p>The input is the length of reads, and what comes.
 */
class FirstLinesFuzzTest extends FuzzTarget {

    private static final Pattern SESSION = Pattern.compile("SESSION ([A-Za-z0-9._-]{1,128})\n");
    private static final Pattern AUTH = Pattern.compile("AUTH ([!-~]{1,1024})\n");
    private static final Pattern HTTP = Pattern.compile(
            "[A-Za-z0-9!#$%&'*+.^_`|~-]+ [^\\x00-\\x20\\x7f]+ HTTP/[0-9]\\.[0-9]\r?\n.*", Pattern.DOTALL);
    private static final Pattern TLS = Pattern.compile("\\x16\\x03[\\x00-\\x04].*", Pattern.DOTALL);

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int readBytes = 1 + bytes.number(64);
        byte[] sent = bytes.rest();
        checkSession(sent, readBytes);
        checkAuth(sent, readBytes);
        checkProtocol(sent, readBytes);
    }

    private static void checkSession(byte[] sent, int readBytes) {
        SessionLine line = new SessionLine();
        SessionLine.Result result = SessionLine.Result.UNFINISHED;
        int taken = 0;
        while (taken < sent.length && result == SessionLine.Result.UNFINISHED) {
            ByteBuf read = read(sent, taken, readBytes);
            result = line.take(read);
            taken += read.readerIndex();
        }
        Matcher expected = SESSION.matcher(text(sent));
        assertThat(result == SessionLine.Result.COMPLETE).isEqualTo(expected.lookingAt());
        if (result == SessionLine.Result.COMPLETE) {
            assertThat(line.id()).isEqualTo(expected.group(1));
            assertThat(taken).isEqualTo(expected.end());
        }
    }

    private static void checkAuth(byte[] sent, int readBytes) {
        AuthLine line = new AuthLine();
        AuthLine.Result result = AuthLine.Result.UNFINISHED;
        int taken = 0;
        while (taken < sent.length && result == AuthLine.Result.UNFINISHED) {
            ByteBuf read = read(sent, taken, readBytes);
            result = line.take(read);
            taken += read.readerIndex();
        }
        Matcher expected = AUTH.matcher(text(sent));
        assertThat(result == AuthLine.Result.COMPLETE).isEqualTo(expected.lookingAt());
        if (result == AuthLine.Result.COMPLETE) {
            assertThat(text(line.token())).isEqualTo(expected.group(1));
            assertThat(taken).isEqualTo(expected.end());
        } else if (result != AuthLine.Result.UNFINISHED) {
            assertThat(result == AuthLine.Result.BAD).isEqualTo(text(sent).startsWith("AUTH "));
        }
    }

    private static void checkProtocol(byte[] sent, int readBytes) {
        FirstLine line = new FirstLine();
        FirstLine.Verdict verdict = FirstLine.Verdict.UNDECIDED;
        for (int at = 0; at < sent.length && verdict == FirstLine.Verdict.UNDECIDED; at += readBytes) {
            ByteBuf read = read(sent, at, readBytes);
            verdict = line.look(read);
            assertThat(read.readerIndex()).isZero();
        }
        boolean isHttp = HTTP.matcher(text(sent)).matches();
        assertThat(verdict == FirstLine.Verdict.HTTP).isEqualTo(isHttp);
        assertThat(verdict == FirstLine.Verdict.TLS)
                .isEqualTo(TLS.matcher(text(sent)).matches());
        if (verdict == FirstLine.Verdict.UNDECIDED) {
            // Then its end is the end of the line.
            boolean wouldBeHttp = HTTP.matcher(text(sent) + "\n").matches();
            assertThat(line.atEndOfInput() == FirstLine.Verdict.HTTP).isEqualTo(wouldBeHttp);
        }
    }

    private static ByteBuf read(byte[] sent, int from, int length) {
        return Unpooled.wrappedBuffer(sent, from, Math.min(length, sent.length - from));
    }
}
