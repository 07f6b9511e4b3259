"""See the rule."""

from k8slint.api import BrokenDocument, Claim, Problems, rule


@rule(
    on=BrokenDocument,
    since="0.1",
    claim=Claim.REJECTED,
    source="sigs.k8s.io/yaml, which kubectl and kube-apiserver read manifests with",
)
def yaml_syntax(document: BrokenDocument) -> Problems:
    """The document cannot be read as kubectl reads it.

    A tab where blanks belong, a bracket that nobody closed, an alias without its anchor: kubectl reads nothing of such a document, and neither
    does k8slint. The other documents of the file are checked all the same.

    The place is where the reader gave up, and the message says what was probably meant, where that can be told; the words in brackets are the reader's, the
    same that kubectl prints. The mistake is there or shortly before it.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: greetings
    data:
      hello: "Hello
      bye: "Bye"  # <- the quote that opens in line 6 ends only here; it is not closed where it should be (did not find expected key)
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: greetings
    data:
      hello: "Hello"
      bye: "Bye"
    ```
    """
    # What was meant comes first; the reader's words are for those who look them up.
    yield document.problem(f"{document.cause} ({document.message})" if document.cause else document.message)
