package io.decant.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The type of a place on a filesystem that renames a directory atomically. */
final class FilesystemUriType {

    private static final String HDFS = "hdfs";
    private static final String FILE = "file";

    /** As Hadoop calls them. */
    private static final Set<String> OBJECT_STORES = Set.of(
            "s3", "s3a", "s3n", "gs", "abfs", "abfss", "adl", "wasb", "wasbs", "oss", "cos", "cosn", "obs", "bos",
            "tos", "swift", "o3fs", "oci", "r2", "b2");

    /** An absolute hdfs or file URI. */
    static final ValueType<URI> HDFS_OR_FILE = new ScalarType<>(
            "a URI",
            "hdfs or file",
            FilesystemUriType::parse,
            URI::toString,
            FilesystemUriType::check,
            UnaryOperator.identity());

    private FilesystemUriType() {}

    static boolean isFile(URI uri) {
        return scheme(uri).equals(FILE);
    }

    private static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidValue("is not a URI: " + e.getReason() + " at " + e.getIndex(), "");
        }
    }

    private static void check(URI uri) {
        String scheme = scheme(uri);
        if (OBJECT_STORES.contains(scheme)) {
            throw new InvalidValue(
                    "is an object store, which cannot rename a directory atomically: readers would see half a batch",
                    "write to hdfs://... or file:///..., and copy finished batches from there");
        }
        if (!scheme.equals(HDFS) && !scheme.equals(FILE)) {
            throw new InvalidValue(
                    "is not an hdfs or file URI", "write e.g. hdfs://namenode:8020/decant or file:///srv/decant");
        }
        if (uri.getRawPath() == null || !uri.getRawPath().startsWith("/")) {
            throw new InvalidValue(
                    "has no absolute path",
                    "write e.g. " + scheme + "://" + (scheme.equals(FILE) ? "" : "namenode:8020") + "/decant");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new InvalidValue("has a ? or # in it", "write %3F or %23 where a name holds one");
        }
        if (scheme.equals(FILE) && uri.getRawAuthority() != null) {
            throw new InvalidValue("names a host", "write file:///... with three slashes");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            throw new InvalidValue("has a user in it", "remove it, and set HADOOP_USER_NAME in the environment");
        }
        if (uri.getRawAuthority() != null
                && uri.getHost() == null
                && uri.getRawAuthority().contains("_")) {
            throw new InvalidValue(
                    "has a _ in its host, which Hadoop's client does not accept",
                    "name the namenode by an address or by another name");
        }
    }
}
