package io.decant.offload.staging;

import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;

/**
 * What is read of a staged JSON file before all else: a newer format may say the rest in another way.
 *
 * @param format its number
 */
record FileVersion(int format) {

    /** @throws StagingFormatException when it is of another version */
    static void check(String text, int known, String fileName) throws JsonFormatException, StagingFormatException {
        check(text, known, known, fileName);
    }

    /** The same for a file of which several versions are known. */
    static void check(String text, int first, int last, String fileName)
            throws JsonFormatException, StagingFormatException {
        int format = Json.read(text, FileVersion.class).format;
        if (format < first || format > last) {
            throw new StagingFormatException(fileName + " has format " + format + ", this version reads "
                    + (first == last ? first : first + " to " + last));
        }
    }
}
