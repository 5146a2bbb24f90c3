package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HdfsSinkSettingsTest {

    private static final String SINK = """
              archive:
                type: hdfs
            """;

    @TempDir
    Path folder;

    @Test
    void shouldHaveTheDefaultsOfTheContract() {
        Settings settings = Yaml.load(Yaml.LEAST + SINK + "    uri: hdfs://namenode:8020/decant\n");

        assertThat(settings.sinks().get("archive"))
                .isEqualTo(new HdfsSinkSettings(
                        URI.create("hdfs://namenode:8020/decant"),
                        Optional.empty(),
                        FileFormat.LINES,
                        FileCompression.NONE,
                        64,
                        false))
                .isEqualTo(HdfsSinkSettings.defaults(URI.create("hdfs://namenode:8020/decant")));
    }

    @Test
    void shouldTakeAllThatIsSet() throws IOException {
        Files.createDirectories(folder.resolve("conf"));
        Files.writeString(folder.resolve("conf/core-site.xml"), "<configuration/>");
        String yaml = Yaml.LEAST + SINK + """
                    uri: file:///srv/decant
                    hadoop-conf: conf
                    format: envelope
                    compression: zstd
                    max-bucket-dirs: 0
                    must-be-mountpoint: true
                """;

        Settings settings = SettingsLoader.parse(yaml, "decant.yaml", folder, List.of(), Map.of());

        HdfsSinkSettings sink = (HdfsSinkSettings) settings.sinks().get("archive");
        assertThat(sink)
                .isEqualTo(new HdfsSinkSettings(
                        URI.create("file:///srv/decant"),
                        Optional.of(folder.resolve("conf")),
                        FileFormat.ENVELOPE,
                        FileCompression.ZSTD,
                        0,
                        true));
        assertThat(sink.isLocal()).isTrue();
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    /** Line 11 of the file is the sink's uri. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            s3a://bucket/decant => 's3a://bucket/decant' is an object store, which cannot rename a directory atomically: readers would see half a batch; write to hdfs://... or file:///..., and copy finished batches from there
            GS://bucket/x => 'GS://bucket/x' is an object store, which cannot rename a directory atomically: readers would see half a batch; write to hdfs://... or file:///..., and copy finished batches from there
            ftp://host/x => 'ftp://host/x' is not an hdfs or file URI; write e.g. hdfs://namenode:8020/decant or file:///srv/decant
            /srv/decant => '/srv/decant' is not an hdfs or file URI; write e.g. hdfs://namenode:8020/decant or file:///srv/decant
            file:srv => 'file:srv' has no absolute path; write e.g. file:///decant
            file://srv/decant => 'file://srv/decant' names a host; write file:///... with three slashes
            hdfs://name_node:8020/x => 'hdfs://name_node:8020/x' has a _ in its host, which Hadoop's client does not accept; name the namenode by an address or by another name
            hdfs://me@host/x => 'hdfs://me@host/x' has a user in it; remove it, and set HADOOP_USER_NAME in the environment
            hdfs://host/a?b => 'hdfs://host/a?b' has a ? or # in it; write %3F or %23 where a name holds one
            hdfs:///decant => 'hdfs:///decant' does not name a namenode; write hdfs://host:port/..., or set hadoop-conf, which may name one
            """)
    void shouldRefusePlacesThatBatchesCannotAppearIn(String uri, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    uri: " + uri + "\n"))
                .containsExactly("decant.yaml:11: sinks.archive.uri: " + expected);
    }

    @Test
    void shouldAskForAMountOfLocalDisksOnly() {
        assertThat(Yaml.problems(
                        Yaml.LEAST + SINK + "    uri: hdfs://namenode:8020/decant\n    must-be-mountpoint: true\n"))
                .containsExactly(
                        "decant.yaml:12: sinks.archive.must-be-mountpoint: 'true' does not fit: HDFS is not mounted;"
                                + " remove it, or write file:///... as uri");
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    uri: file:///srv/decant\n    must-be-mountpoint: yes\n"))
                .containsExactly("decant.yaml:12: sinks.archive.must-be-mountpoint: 'yes' is neither true nor false;"
                        + " write true or false");
    }

    @Test
    void shouldRefuseTwoSinksInOnePlace() {
        String yaml = Yaml.LEAST + SINK + """
                    uri: hdfs://namenode/decant
                  other:
                    type: hdfs
                    uri: hdfs://namenode/decant/
                """;

        assertThat(Yaml.problems(yaml))
                .containsExactly("decant.yaml:14: sinks.other.uri: 'hdfs://namenode/decant/' is the directory of"
                        + " sinks.archive.uri and of sinks.other.uri; give each its own");
    }

    @Test
    void shouldRefuseAConfigurationThatIsNotThere() {
        String yaml = Yaml.LEAST + SINK + "    uri: hdfs:///decant\n    hadoop-conf: nowhere\n";

        assertThatThrownBy(() -> SettingsLoader.parse(yaml, "decant.yaml", folder, List.of(), Map.of()))
                .hasMessageContaining("decant.yaml:12: sinks.archive.hadoop-conf: '" + folder.resolve("nowhere")
                        + "' holds neither core-site.xml nor hdfs-site.xml");
    }
}
