package io.decant.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Inputs that are kept in the test resources. Stateless. */
final class Corpus {

    private Corpus() {}

    /** What is kept for a method, in the order of its names; never empty. */
    static List<byte[]> of(Class<?> target, String method) throws IOException, URISyntaxException {
        String folder = target.getSimpleName() + "Inputs/" + method;
        URL resource = target.getResource(folder);
        if (resource == null) {
            throw new AssertionError("no corpus: there is no " + folder + " beside the class");
        }
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(resource.toURI()))) {
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        return inputs;
    }

    /** Bytes as text that can be turned into bytes again: {@code base64 -d}. */
    static String shown(byte[] input) {
        return Base64.getEncoder().encodeToString(input);
    }
}
