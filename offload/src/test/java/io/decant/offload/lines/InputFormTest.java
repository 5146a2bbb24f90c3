package io.decant.offload.lines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputFormTest {

    private static InputForm of(String name, byte[] head) throws IOException {
        return InputForm.of(name, Arrays.copyOf(head, InputForm.HEAD_BYTES), head.length);
    }

    /** The beginnings of files as the formats' own tools write them. */
    @ParameterizedTest
    @CsvSource({
        "425a683931415926535989e2a3e1, bzip2",
        "425a683617724538509000000000, bzip2",
        "fd377a585a000004e6d6b446, xz",
        "04224d186440a7, LZ4",
        "02214c18, LZ4",
        "ff060000734e61507059, Snappy",
        "82534e415050590000000001, Snappy",
        "4c5a495001, lzip",
        "894c5a4f000d0a1a0a, LZO",
        "1f9d9061, compress",
        "504b0304140000000800, a zip archive",
        "377abcaf271c0004, a 7z archive",
        "526172211a0701, a RAR archive",
        "5041523115041510151c4c15, a Parquet file",
        "50415245 1c0000, a Parquet file",
        "4f52430a0b0a030000001204, an ORC file",
        "4f52431d00000a0b0a03, an ORC file",
        "4f626a0104146176726f, an Avro file",
        "53455106196f72672e61, a Hadoop SequenceFile",
        "52434601, an RCFile",
        "4152524f57310000, an Arrow file",
        "637263000000020000, a file of Hadoop's checksums",
    })
    void shouldRefuseWhatHoldsNoLines(String digits, String what) {
        byte[] head = HexFormat.of().parseHex(digits.replace(" ", ""));
        assertThatThrownBy(() -> of("/in/data", head))
                .isInstanceOf(UnreadableInputException.class)
                .hasMessage("/in/data: is " + what + ", not lines; lines can be plain, gzip or zstd");
    }

    @Test
    void shouldRefuseATarArchiveOfTexts() {
        byte[] head = Arrays.copyOf("a.log".getBytes(StandardCharsets.US_ASCII), 512);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, head, 257, 5);
        assertThatThrownBy(() -> of("logs", head)).hasMessageStartingWith("logs: is a tar archive");
    }

    @Test
    void shouldReadGzipAndZstdWhateverTheyAreCalled() throws IOException {
        for (String digits : List.of("1f8b08", "1f8b")) {
            assertThat(of("a.log", HexFormat.of().parseHex(digits))).isEqualTo(InputForm.GZIP);
            assertThat(of("a.log.gz", HexFormat.of().parseHex(digits))).isEqualTo(InputForm.GZIP);
        }
        for (String digits : List.of("28b52ffd04", "502a4d1804000000", "5f2a4d1800000000")) {
            assertThat(of("a.log", HexFormat.of().parseHex(digits))).isEqualTo(InputForm.ZSTD);
            assertThat(of("a.ZST", HexFormat.of().parseHex(digits))).isEqualTo(InputForm.ZSTD);
        }
    }

    /** Records are any bytes: only what can be nothing else is refused. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "B",
                "BZh",
                "BZh9 is how bzip2 begins",
                "SEQ",
                "SEQ\nSEQ\n",
                "SEQUENCE 1",
                "ORC",
                "ORC,1\nORC,2\n",
                "PAR1",
                "PAR1\tx\n",
                "PARENT",
                "Obj",
                "PK",
                "crc",
                "ARROW1",
                "RCF",
                "P*M",
                "x\u0000y",
                "\u0001",
                "größer\n",
            })
    void shouldTakeEverythingElseForLines(String text) throws IOException {
        assertThat(of("/in/part-00000", text.getBytes(StandardCharsets.UTF_8))).isEqualTo(InputForm.LINES);
    }

    @Test
    void shouldRefuseWhatIsNotWhatItsNameSays() {
        byte[] text = "a\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> of("/in/a.gz", text))
                .hasMessageStartingWith("/in/a.gz: is named as gzip, but does not begin like one; ");
        assertThatThrownBy(() -> of("a.zst", new byte[0])).hasMessageContaining("is named as zstd");
        assertThatThrownBy(() -> of("a.gz", HexFormat.of().parseHex("28b52ffd")))
                .hasMessageContaining("If it holds zstd, rename it");
        for (String name : List.of("a.snappy", "a.lz4", "a.deflate", "a.Z", "a.BZ2", "a.tar")) {
            assertThatThrownBy(() -> of(name, text)).hasMessageStartingWith(name + ": is ");
        }
    }

    @Test
    void shouldNotBeMisledByTheNamesOfFolders() throws IOException {
        assertThat(of("/in.gz/a", "a\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo(InputForm.LINES);
        assertThat(of("a.z", "a\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo(InputForm.LINES);
    }
}
