package io.decant.offload.lines;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What an input is, by its first bytes and by its name: lines, lines that can be unpacked, or something else, which
 * must not be taken for lines. If both are known, they must agree.
 */
public enum InputForm {
    /** Lines as they are; also whatever is not known. */
    LINES("lines", List.of(), List.of()),
    /** RFC 1952. */
    GZIP("gzip", List.of(".gz", ".gzip"), List.of(hex("1f8b"))),
    /** RFC 8878; an archive may begin with frames that are to be skipped. */
    ZSTD("zstd", List.of(".zst", ".zstd"), zstd()),
    /** Its header, and the first block's or the end's. */
    BZIP2("bzip2", List.of(".bz2"), bzip2()),
    XZ("xz", List.of(".xz"), List.of(hex("fd377a585a00"))),
    /** Frames, new and old. Hadoop's codec of that name has no magic number. */
    LZ4("LZ4", List.of(".lz4"), List.of(hex("04224d18"), hex("02214c18"))),
    /** The framing format, and that of snappy-java. Hadoop's codec of that name has no magic number. */
    SNAPPY("Snappy", List.of(".snappy", ".sz"), List.of(hex("ff060000734e61507059"), hex("82534e4150505900"))),
    LZIP("lzip", List.of(".lz"), List.of(hex("4c5a495001"))),
    LZOP("LZO", List.of(".lzo"), List.of(hex("894c5a4f000d0a1a0a"))),
    /** zlib, as Hadoop's default codec writes it: two bytes say too little. */
    DEFLATE("zlib", List.of(".deflate"), List.of()),
    COMPRESS("compress", List.of(".Z"), List.of(hex("1f9d"), hex("1fa0"))),
    ZIP("a zip archive", List.of(".zip"), List.of(hex("504b0304"), hex("504b0506"), hex("504b0708"))),
    SEVEN_ZIP("a 7z archive", List.of(".7z"), List.of(hex("377abcaf271c"))),
    RAR("a RAR archive", List.of(".rar"), List.of(hex("526172211a07"))),
    TAR("a tar archive", List.of(".tar"), List.of()),
    PARQUET("a Parquet file", List.of(), List.of()),
    ORC("an ORC file", List.of(), List.of()),
    AVRO("an Avro file", List.of(), List.of(hex("4f626a01"))),
    /** Its fourth byte is the version. */
    SEQUENCE_FILE("a Hadoop SequenceFile", List.of(), versions("SEQ", 6)),
    RC_FILE("an RCFile", List.of(), versions("RCF", 1)),
    ARROW("an Arrow file", List.of(), List.of(hex("4152524f57310000"))),
    /** What Hadoop's local filesystem puts beside each file. */
    CHECKSUMS("a file of Hadoop's checksums", List.of(), List.of(hex("63726300")));

    /** So many of the first bytes are enough to tell. */
    public static final int HEAD_BYTES = 512;

    private static final int TAR_AT = 257;
    private static final byte[] TAR_MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PARQUET_MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PARQUET_ENCRYPTED_MAGIC = "PARE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ORC_MAGIC = "ORC".getBytes(StandardCharsets.US_ASCII);
    /** Behind letters that a line may begin with, so many bytes tell whether it is one. */
    private static final int BINARY_WITHIN = 64;

    private final String what;
    // Immutable lists, of arrays that are not shared.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> suffixes;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<byte[]> magics;

    InputForm(String what, List<String> suffixes, List<byte[]> magics) {
        this.what = what;
        this.suffixes = suffixes;
        this.magics = magics;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static List<byte[]> zstd() {
        byte[][] magics = new byte[17][];
        magics[16] = hex("28b52ffd");
        for (int i = 0; i < 16; i++) {
            magics[i] = new byte[] {(byte) (0x50 + i), 0x2a, 0x4d, 0x18};
        }
        return List.of(magics);
    }

    private static List<byte[]> bzip2() {
        byte[][] magics = new byte[18][];
        for (int i = 0; i < 9; i++) {
            magics[2 * i] = hex("425a683" + (i + 1) + "314159265359");
            magics[2 * i + 1] = hex("425a683" + (i + 1) + "177245385090");
        }
        return List.of(magics);
    }

    private static List<byte[]> versions(String letters, int last) {
        byte[][] magics = new byte[last + 1][];
        for (int version = 0; version <= last; version++) {
            magics[version] = Arrays.copyOf(letters.getBytes(StandardCharsets.US_ASCII), letters.length() + 1);
            magics[version][letters.length()] = (byte) version;
        }
        return List.of(magics);
    }

    /**
     * What a file is.
     *
     * @param name the file's, for messages; of its path the last part counts
     * @param head its first bytes, {@link #HEAD_BYTES} where there are as many
     * @param length how many of them there are
     * @return {@link #LINES}, {@link #GZIP} or {@link #ZSTD}
     * @throws UnreadableInputException where it is anything else, or is not what its name says
     */
    public static InputForm of(String name, byte[] head, int length) throws UnreadableInputException {
        InputForm content = ofContent(head, length);
        InputForm named = ofName(name);
        if (!content.isReadable()) {
            throw new UnreadableInputException(content.refusal(name));
        }
        if (named != LINES && named != content) {
            throw new UnreadableInputException(
                    named.isReadable()
                            ? name + ": is named as " + named.what
                                    + ", but does not begin like one; is it complete? If it holds " + content.what
                                    + ", rename it"
                            : named.refusal(name) + "; or rename it, if it holds lines");
        }
        return content;
    }

    /** The same of what was unpacked, which must be lines. */
    static void requireLines(String name, InputForm packed, byte[] head, int length) throws UnreadableInputException {
        InputForm content = ofContent(head, length);
        if (content != LINES) {
            throw new UnreadableInputException(
                    name + ": holds " + content.what + " inside " + packed.what + ", not lines; unpack it first");
        }
    }

    /**
     * By its first bytes alone.
     *
     * @param length how many there are in {@code head}
     */
    public static InputForm ofContent(byte[] head, int length) {
        for (InputForm form : values()) {
            for (byte[] magic : form.magics) {
                if (has(head, length, 0, magic)) {
                    return form;
                }
            }
        }
        if (has(head, length, TAR_AT, TAR_MAGIC)) {
            return TAR;
        }
        // These are letters: a line may begin with them, too.
        if ((has(head, length, 0, PARQUET_MAGIC) || has(head, length, 0, PARQUET_ENCRYPTED_MAGIC))
                && isBinary(head, length)) {
            return PARQUET;
        }
        return has(head, length, 0, ORC_MAGIC) && isBinary(head, length) ? ORC : LINES;
    }

    private static boolean has(byte[] head, int length, int at, byte[] magic) {
        return length >= at + magic.length && Arrays.equals(head, at, at + magic.length, magic, 0, magic.length);
    }

    /** Whether there are control characters that no text has. */
    private static boolean isBinary(byte[] head, int length) {
        for (int i = 0; i < Math.min(length, BINARY_WITHIN); i++) {
            byte b = head[i];
            if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                return true;
            }
        }
        return false;
    }

    private static InputForm ofName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        String lower = name.toLowerCase(Locale.ROOT);
        for (InputForm form : values()) {
            for (String suffix : form.suffixes) {
                if (suffix.equals(".Z") ? name.endsWith(suffix) : lower.endsWith(suffix)) {
                    return form;
                }
            }
        }
        return LINES;
    }

    private boolean isReadable() {
        return this == LINES || this == GZIP || this == ZSTD;
    }

    private String refusal(String name) {
        return name + ": is " + what + ", not lines; lines can be plain, gzip or zstd";
    }
}
