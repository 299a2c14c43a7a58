namespace CocoonOrleans.Sealing.Receipts;

/// <summary>What is wrong with a usage receipt.</summary>
public enum ReceiptFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It does not have the form, or a field is out of its range.</summary>
    Malformed,

    /// <summary>It is not signed by the statement's receipt key.</summary>
    BadSignature,

    /// <summary>It is of another network, request, statement, answer, or says another model or status than the answer.</summary>
    OtherAnswer,
}
