package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.source.tcp.FirstLine.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstLineTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\n",
                "POST / HTTP/1.1\n",
                "GET /a?b=c%20d HTTP/1.0\r\nHost: x\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\n",
                "CONNECT localhost:9999 HTTP/1.1\r\n",
                "GET http://localhost:9999/ HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "m-search * HTTP/1.1\r\n",
                "x! \u00e4 HTTP/9.0\n"
            })
    void shouldKnowARequest(String text) {
        assertThat(look(text)).isEqualTo(Verdict.HTTP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "apple\nPOST / HTTP/1.1\r\n",
                "POST\n",
                "POST /\r\n",
                "POST / HTTP/1.1 200\n",
                "POST / HTTP/1.1x\n",
                "POST / HTTP/1.1\r\r\n",
                "POST / HTTP/11\n",
                "POST / HTTP/1.x\n",
                "POST / http/1.1\n",
                "POST  / HTTP/1.1\n",
                "POST /  HTTP/1.1\n",
                "POST /a b HTTP/1.1\n",
                " POST / HTTP/1.1\n",
                "POST\t/ HTTP/1.1\n",
                "\"POST / HTTP/1.1\"\n",
                "{\"a\": 1}\n",
                "127.0.0.1 - - [28/Nov/2026] \"GET / HTTP/1.1\" 200\n",
                "\u0016\u0003\u0005",
                "\u0016\n\u0001",
                "\u0016\u0003\n"
            })
    void shouldTakeAnythingElseForRecords(String text) {
        assertThat(look(text)).isEqualTo(Verdict.RECORDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u0016\u0003\u0001\u0000\u00f8\u0001", "\u0016\u0003\u0003\n\n\u0001", "\u0016\u0003\u0000"})
    void shouldKnowATlsHandshake(String text) {
        assertThat(look(text)).isEqualTo(Verdict.TLS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "POST",
                "POST ",
                "POST /",
                "POST / ",
                "POST / HTTP/",
                "POST / HTTP/1.1",
                "POST / HTTP/1.1\r",
                "\u0016",
                "\u0016\u0003"
            })
    void shouldWaitWhileItMayBecomeOne(String text) {
        assertThat(look(text)).isEqualTo(Verdict.UNDECIDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST / HTTP/1.1", "POST / HTTP/1.1\r"})
    void shouldKnowARequestWhoseLineEndsWithTheInput(String text) {
        FirstLine line = new FirstLine();
        line.look(bytes(text));
        assertThat(line.atEndOfInput()).isEqualTo(Verdict.HTTP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "POST", "POST / HTTP/1.", "\u0016\u0003", "a,b\n"})
    void shouldTakeForRecordsWhatBecameNoRequest(String text) {
        FirstLine line = new FirstLine();
        line.look(bytes(text));
        assertThat(line.atEndOfInput()).isEqualTo(Verdict.RECORDS);
    }

    /** What is undecided has no newline, so no record has passed by then. */
    @Property
    void shouldJudgeTheSameHoweverTheBytesAreCut(
            @ForAll @From("beginnings") String text, @ForAll @IntRange(max = 40) int cut) {
        FirstLine inPieces = new FirstLine();
        int at = Math.min(cut, text.length());
        Verdict first = inPieces.look(bytes(text.substring(0, at)));
        assertThat(first != Verdict.UNDECIDED || text.substring(0, at).indexOf('\n') < 0)
                .isTrue();
        assertThat(inPieces.look(bytes(text.substring(at)))).isEqualTo(look(text));
    }

    @Provide
    Arbitrary<String> beginnings() {
        return Arbitraries.of(List.of(
                        "POST", " ", "/", "HTTP/1.1", "HTTP/", "1", ".", "\r", "\n", "\u0016", "\u0003", "\u0001", "a"))
                .list()
                .ofMaxSize(9)
                .map(parts -> String.join("", parts));
    }

    private static Verdict look(String text) {
        ByteBuf read = bytes(text);
        Verdict verdict = new FirstLine().look(read);
        assertThat(read.readerIndex()).isZero();
        return verdict;
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
