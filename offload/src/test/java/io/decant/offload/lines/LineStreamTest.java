package io.decant.offload.lines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Packed lines come out whole, or not at all. */
class LineStreamTest {

    private enum Packing {
        PLAIN,
        GZIP,
        ZSTD
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings()
                .withCharRange('a', 'd')
                .withChars('\n')
                .ofMaxLength(2_000)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 300)
    void shouldUnpackEveryMemberHoweverTheBytesCome(
            @ForAll("texts") List<String> texts, @ForAll Packing packing, @ForAll long seed) throws IOException {
        byte[] packed = pack(packing, texts);
        assertThat(read(trickling(packed, new Random(seed)))).isEqualTo(String.join("", texts));
    }

    /** Larger than any buffer: what does not fit into one comes with the next. */
    @Property(tries = 20)
    void shouldUnpackMoreThanABufferHolds(@ForAll Packing packing, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String even = "x\n".repeat(random.nextInt(500_000));
        StringBuilder uneven = new StringBuilder();
        while (uneven.length() < 300_000) {
            uneven.append(Long.toHexString(random.nextLong())).append('\n');
        }
        byte[] packed = pack(packing, List.of(even, uneven.toString(), even));
        assertThat(read(new ByteArrayInputStream(packed)).equals(even + uneven + even))
                .isTrue();
    }

    /** Nobody can see that a whole member is missing; everything else shows. */
    @Property(tries = 30)
    void shouldFailWhereTheInputIsCutOff(@ForAll("texts") List<String> texts, @ForAll boolean gzip) throws IOException {
        Packing packing = gzip ? Packing.GZIP : Packing.ZSTD;
        byte[] first = pack(packing, texts.subList(0, 1));
        byte[] packed = pack(packing, List.of(texts.get(0), String.join("", texts)));
        for (int length = 4; length < packed.length; length++) {
            if (length != first.length) {
                byte[] cut = Arrays.copyOf(packed, length);
                assertThatThrownBy(() -> read(new ByteArrayInputStream(cut)))
                        .as("%d of %d bytes, the first member has %d", length, packed.length, first.length)
                        .isInstanceOf(UnreadableInputException.class)
                        .hasMessage("in: is cut off; nothing of it is used");
            }
        }
    }

    @Property(tries = 30)
    void shouldFailWhereGzipIsDamaged(@ForAll("texts") List<String> texts) throws IOException {
        byte[] packed = pack(Packing.GZIP, texts);
        String whole = String.join("", texts);
        for (int i = 10; i < packed.length; i++) {
            byte[] damaged = packed.clone();
            damaged[i] ^= 0x40;
            String found;
            try {
                found = read(new ByteArrayInputStream(damaged));
            } catch (UnreadableInputException e) {
                continue;
            }
            // A header says things that do not matter, as when the file was written.
            assertThat(found).as("byte %d", i).isEqualTo(whole);
        }
    }

    @Example
    void shouldReadWhatHeadersMayHold() throws IOException {
        byte[] plain = pack(Packing.GZIP, List.of("a\n"));
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes(HexFormat.of().parseHex("1f8b081c000000000003"));
        packed.writeBytes(HexFormat.of().parseHex("0300787878"));
        packed.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
        packed.writeBytes(rest);
        assertThat(read(new ByteArrayInputStream(packed.toByteArray()))).isEqualTo("a\n");
    }

    @Example
    void shouldTakeZerosBehindTheLastMemberForPaddingAndNothingElse() throws IOException {
        byte[] packed = pack(Packing.GZIP, List.of("a\n"));
        byte[] padded = Arrays.copyOf(packed, packed.length + 1000);
        assertThat(read(new ByteArrayInputStream(padded))).isEqualTo("a\n");
        for (byte other : new byte[] {'x', 0x1f}) {
            byte[] followed = Arrays.copyOf(packed, packed.length + 9);
            Arrays.fill(followed, packed.length, followed.length, other);
            assertThatThrownBy(() -> read(new ByteArrayInputStream(followed)))
                    .isInstanceOf(UnreadableInputException.class)
                    .hasMessage("in: cannot be unpacked: something that is not gzip follows the gzip data");
            followed[packed.length] = 0;
            assertThatThrownBy(() -> read(new ByteArrayInputStream(followed)))
                    .isInstanceOf(UnreadableInputException.class);
        }
        byte[] frames = pack(Packing.ZSTD, List.of("a\n"));
        byte[] followed = Arrays.copyOf(frames, frames.length + 9);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(followed)))
                .isInstanceOf(UnreadableInputException.class)
                .hasMessageStartingWith("in: cannot be unpacked: ");
    }

    @Example
    void shouldRefuseWhatIsNoLinesInsideEither() throws IOException {
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(twice)) {
            out.write(pack(Packing.ZSTD, List.of("a\n")));
        }
        assertThatThrownBy(() -> read(new ByteArrayInputStream(twice.toByteArray())))
                .isInstanceOf(UnreadableInputException.class)
                .hasMessage("in: holds zstd inside gzip, not lines; unpack it first");
    }

    private static String read(InputStream in) throws IOException {
        try (InputStream lines = LineStream.of(in, "in")) {
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] pack(Packing packing, List<String> texts) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            switch (packing) {
                case PLAIN -> packed.write(bytes);
                case ZSTD -> packed.write(Zstd.compress(bytes));
                case GZIP -> {
                    GZIPOutputStream out = new GZIPOutputStream(packed);
                    out.write(bytes);
                    out.finish();
                }
            }
        }
        return packed.toByteArray();
    }

    /** A few bytes at a time, and never any that are available already, as a network may bring them. */
    private static InputStream trickling(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(40)));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }
}
