package io.decant.config;

/** How a file is compressed. */
public enum FileCompression {
    /** Not at all. */
    NONE(""),
    /** The gzip format (RFC 1952). */
    GZIP(".gz"),
    /** Zstandard (RFC 8878). */
    ZSTD(".zst");

    private final String extension;

    FileCompression(String extension) {
        this.extension = extension;
    }

    /** What it adds to a file's name. */
    public String extension() {
        return extension;
    }
}
