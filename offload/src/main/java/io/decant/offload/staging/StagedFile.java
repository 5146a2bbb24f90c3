package io.decant.offload.staging;

import java.io.Serializable;
import java.util.Locale;

/**
 * A block file of a staged batch.
 *
 * @param name within the batch's directory
 * @param bytes the file's length
 * @param records of all its blocks
 * @param blocks how many
 * @param crc32c of the whole file
 */
public record StagedFile(String name, long bytes, long records, int blocks, int crc32c) implements Serializable {

    /** The name of the block file with this number, from 0. */
    public static String nameOf(int segment) {
        return String.format(Locale.ROOT, "blocks-%05d", segment);
    }
}
