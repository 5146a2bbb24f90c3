package io.decant.offload.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * Whatever lies in a delivered batch's directory as its manifest: it is one, which is the same when it is written and
 * read again, or a {@link ManifestException}.
 */
class ManifestFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) throws Exception {
        try {
            Manifest manifest = Manifest.read(in(input));
            assertThat(Manifest.read(in(manifest.toJson()))).isEqualTo(manifest);
        } catch (ManifestException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        try {
            JobManifest manifest = JobManifest.read(in(input));
            assertThat(JobManifest.read(in(manifest.toJson()))).isEqualTo(manifest);
        } catch (ManifestException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
