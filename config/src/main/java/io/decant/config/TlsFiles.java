package io.decant.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks into the files that a {@code tls} section names, so that a wrong one is told with the settings and not at the
 * first request.
 */
final class TlsFiles {

    /** Many times all the certificates that a platform trusts. */
    private static final int FILE_BYTES_MAX = 16 << 20;

    private final String path;
    private final List<Conflict> problems = new ArrayList<>();

    private TlsFiles(String path) {
        this.path = path;
    }

    /**
     * @param path the section's dotted key
     * @param tls with absolute paths
     */
    static List<Conflict> problems(String path, TlsSettings tls) {
        TlsFiles files = new TlsFiles(path);
        tls.caFile().ifPresent(file -> files.read("ca-file", file, Pem::certificates));
        files.readPair(tls.certificate(), tls.key());
        return files.problems;
    }

    /** The same of a port that others connect to. */
    static List<Conflict> problems(String path, ServerTlsSettings tls) {
        TlsFiles files = new TlsFiles(path);
        tls.clientCa().ifPresent(file -> files.read("client-ca", file, Pem::certificates));
        files.readPair(Optional.of(tls.certificate()), Optional.of(tls.key()));
        return files.problems;
    }

    private void readPair(Optional<Path> certificate, Optional<Path> key) {
        Optional<X509Certificate> own = certificate
                .flatMap(file -> read("certificate", file, Pem::certificates))
                .map(chain -> chain.get(0));
        if (own.isPresent() && key.isPresent()) {
            read("key", key.get(), text -> {
                Pem.checkKey(text, own.get());
                return text;
            });
        }
    }

    private <T> Optional<T> read(String key, Path file, Function<String, T> reader) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX);
            return Optional.of(reader.apply(new String(bytes, StandardCharsets.ISO_8859_1)));
        } catch (InvalidValue e) {
            add(key, file, e.text(), e.wayOut());
        } catch (NoSuchFileException e) {
            add(key, file, "does not exist", "name a PEM file");
        } catch (AccessDeniedException e) {
            add(key, file, "may not be read", "give the user that runs Decant the permission");
        } catch (FileSystemException e) {
            // Its message has the path, which may be a key that was put where the name of its file belongs.
            add(key, file, "cannot be read: " + e.getReason(), "name a PEM file");
        } catch (IOException e) {
            add(key, file, "cannot be read: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    private void add(String key, Path file, String text, String wayOut) {
        problems.add(new Conflict(Map.of(path + "." + key, file.toString()), text, wayOut));
    }
}
